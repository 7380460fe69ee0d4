"""The fingerprint of a clip, by which copies are found: re-encoded, re-scaled, a little cropped, with a logo in a corner.

Made from the sampled pictures. Each is rid of bars, shrunk to 32 x 32 greys, faded out towards its edges, where logos and
crops are, and hashed by the signs of its low frequencies; `pipelines.prints` says what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipelines import prints
from pipelines.scan.middle import median
from pipelines.scan.shrink import Image, halved

WIDTH_PX = 128
"""Of the pictures in which bars are looked for."""
SIDE = 32
FADE = 0.35
"""Share of the picture that fades out on each side."""
PLAIN = 3.0
"""Spread in grey levels below which a picture, so faded, has nothing to tell it by."""
STILL = 2.0
"""Spread in grey levels of the difference from the mean picture below which nothing changes."""
WIDEST_BAR, UNEVEN, BAR_EDGE = 0.25, 0.03, 12
"""Of the side; of the side; in grey levels."""

Greys = npt.NDArray[np.float32]
ORDER = sorted(range(1, 64), key=lambda at: (at // 8 + at % 8, at))
"""Frequencies of an 8 x 8 corner without the mean, the lowest first, so that every band gets high and low ones."""
PLACE = [number % prints.BANDS * prints.BAND_BITS + number // prints.BANDS for number in range(63)] + [63]
"""Where each frequency's sign goes."""
BIT = np.array([1 << place for place in PLACE], np.uint64)


def fingerprint(pictures: Sequence[Image]) -> str | None:
    """384 hex digits from BGR pictures of one size in the order of time; None when they are too plain to be told apart."""
    if not pictures:
        return None
    chosen = [pictures[at] for at in _spread(len(pictures))]
    greys = _faded(_without_bars([_grey(picture) for picture in chosen]))
    told = greys[_energy(greys) >= PLAIN]
    if 2 * len(told) < len(greys):
        return None
    changes = told - greys.mean(axis=0)
    found = np.zeros((prints.TILES, 3), np.uint64)
    for row, look, change, moving in zip(found, told, changes, _energy(changes) >= STILL, strict=False):
        row[prints.LOOK], row[prints.WEAK] = _hash(look)
        row[prints.CHANGE] = _hash(change)[0] if moving else 0
    return prints.dump(found).hex()


def _spread(number: int) -> list[int]:
    """All of few pictures, `TILES` of many."""
    if number <= prints.TILES:
        return list(range(number))
    return [round(at * (number - 1) / (prints.TILES - 1)) for at in range(prints.TILES)]


def _grey(bgr: Image) -> Image:
    height = max(8, round(WIDTH_PX * bgr.shape[0] / bgr.shape[1]))
    grey = cv2.cvtColor(halved(bgr, WIDTH_PX), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (WIDTH_PX, height), interpolation=cv2.INTER_AREA), np.uint8)


def _without_bars(greys: Sequence[Image]) -> Sequence[Image]:
    """The same without letterbox or pillarbox. Bars are plain, alike on both sides, and end in a straight edge."""
    stack = np.stack(greys).astype(np.int16)
    low, high = stack.min(axis=0), stack.max(axis=0)
    top, bottom = _pair(low, high)
    left, right = _pair(low.T, high.T)
    return [grey[top : grey.shape[0] - bottom, left : grey.shape[1] - right] for grey in greys]


def _pair(low: npt.NDArray[np.int16], high: npt.NDArray[np.int16]) -> tuple[int, int]:
    first, last = _bar(low, high), _bar(low[::-1], high[::-1])
    return (first, last) if abs(first - last) <= max(1, UNEVEN * len(low)) and first and last else (0, 0)


def _bar(low: npt.NDArray[np.int16], high: npt.NDArray[np.int16]) -> int:
    """Rows from the top that are one plain colour at all times."""
    plain = (high.max(axis=1) - low[0].min() <= 2 * BAR_EDGE) & (high.max(axis=1) - low.min(axis=1) <= 2 * BAR_EDGE)
    rows = int(np.argmin(plain)) if not plain.all() else len(plain)
    if not 0 < rows <= WIDEST_BAR * len(plain):
        return 0
    inside = high[min(rows + 1, len(high) - 1)]
    return rows if (np.abs(inside - median(high[0])) > BAR_EDGE).mean() > 0.4 else 0


def _faded(greys: Sequence[Image]) -> Greys:
    """n x `SIDE` x `SIDE`, each around its own mean and fading to it at the edges."""
    small = np.stack([cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for grey in greys]).astype(np.float32)
    window = np.outer(_ramp(), _ramp())
    mean = (small * window).sum(axis=(1, 2), keepdims=True) / window.sum()
    return np.asarray((small - mean) * window, np.float32)


def _ramp() -> Greys:
    middle = np.arange(SIDE, dtype=np.float32) + 0.5
    inwards = np.clip(np.minimum(middle, SIDE - middle) / (SIDE * FADE), 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * inwards), np.float32)


def _energy(faded: Greys) -> npt.NDArray[np.float32]:
    """Spread in grey levels where the picture has not faded."""
    weight = (np.outer(_ramp(), _ramp()) ** 2).sum()
    return np.asarray(np.sqrt((faded**2).sum(axis=(1, 2)) / weight), np.float32)


def _hash(picture: Greys) -> tuple[int, int]:
    """Signs of the low frequencies against their median, and which of them are weak."""
    corner = cv2.dct(picture)[:9, :8]
    values = np.append(corner[:8].ravel()[ORDER], corner[8, 0])
    values = values - median(values)
    strength = np.abs(values[:63]).reshape(-1, prints.BANDS)  # one band a column
    weakest = np.argsort(strength, axis=0)[: prints.WEAK_BITS] * prints.BANDS + np.arange(prints.BANDS)
    return _bits(np.flatnonzero(values > 0)), _bits(weakest.ravel())


def _bits(numbers: npt.NDArray[np.int64]) -> int:
    """One word with a bit for each of these frequencies."""
    return int(np.bitwise_or.reduce(BIT[numbers], initial=np.uint64(0)))

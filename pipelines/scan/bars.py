"""Black bars around the picture: letterbox above and below, pillarbox left and right.

Told from a dark scene by three things: a bar is black in every sampled frame, it ends in a straight line along which the
picture lights up, and it leaves most of the picture. Where it is too dark to tell, there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil, floor

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.scan.shrink import Image

BLACK = 24
"""Grey level up to which a pixel may be part of a bar; encoders leave noise there."""
SPECKS = 0.01
"""Share of a bar's line that may be brighter nevertheless."""
FLAT = 4.0
"""Largest standard deviation within a bar; dark scenery varies more."""
STEP, LIT, WITHIN = 16, 0.4, 3
"""The picture begins where this share of a line is that many grey levels above the bar, this many lines from its end."""
LEAST = 0.005
"""Narrowest bar, as a share of the side; narrower ones are the encoder's padding."""
MOST = 0.72
"""Share of the whole up to which bars are believed: a phone's video in a wide frame leaves 0.68, a title on black more."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Box:
    """The picture inside the bars, each side as a share of the whole."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @property
    def bars(self) -> float:
        """Share of the whole that is bars."""
        return 1 - (self.right - self.left) * (self.bottom - self.top)

    def crop(self, size: tuple[int, int]) -> str:
        """ "x,y,width,height" in pixels of an upright picture of this size, all even, without any of the bars."""
        width, height = size
        left, top = _even(ceil, self.left * width), _even(ceil, self.top * height)
        right, bottom = _even(floor, self.right * width), _even(floor, self.bottom * height)
        return f"{left},{top},{right - left},{bottom - top}"


WHOLE = Box()


def _even(rounded: Callable[[float], int], pixels: float) -> int:
    """The even number next to `pixels`; encoders want nothing else."""
    return rounded(round(pixels / 2, 6)) * 2


def find(pictures: Sequence[Image]) -> Box:
    """The picture inside the bars of upright BGR pictures of one clip; the whole when there are none."""
    brightest: Grey = reduce(cv2.max, (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in pictures))
    _, bright = cv2.threshold(brightest, BLACK, 1, cv2.THRESH_BINARY)
    inside = cv2.reduce(bright, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] > SPECKS * len(bright)
    if not inside.any():
        return WHOLE
    rows, columns = brightest if inside.all() else brightest[:, inside], brightest.T
    top, bottom = _bar(rows), _bar(rows[::-1])
    left, right = _bar(columns[:, top : columns.shape[1] - bottom]), _bar(columns[::-1, top : columns.shape[1] - bottom])
    height, width = brightest.shape
    box = Box(left / width, top / height, 1 - right / width, 1 - bottom / height)
    return box if box.bars <= MOST else WHOLE


def _bar(lines: Grey) -> int:
    """Number of lines from the first on that are a bar; 0 when they are dark scenery or nothing."""
    if not _dark(lines[:2]).all():
        return 0
    dark = _dark(lines)
    count = len(lines) if dark.all() else int(np.argmin(dark))
    if count < max(2, LEAST * len(lines)) or count == len(lines) or lines[: count - 1].std() > FLAT:
        return 0
    level = lines[: count - 1].mean() + STEP
    lit = (lines[count : count + WITHIN] >= level).mean(axis=1) >= LIT
    return count + int(np.argmax(lit)) if lit.any() else 0


def _dark(lines: Grey) -> npt.NDArray[np.bool_]:
    """Which lines may be part of a bar."""
    dark: npt.NDArray[np.bool_] = (lines > BLACK).mean(axis=1) <= SPECKS
    return dark

"""How much moves, in frame diagonals per second, and what the camera does between two frames.

Twice a second two frames a tenth of a second apart are compared by dense optical flow (DIS) on a picture of fixed size, so
that the same content gives the same number at any resolution. Where next to nothing moves, frames half a second apart are
compared instead, which tells a still picture from a slow drift. A block counts as moved only where undoing its flow explains
the change: noise, flicker and fades cannot be undone by moving pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import atan2, degrees, hypot

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.scan.middle import median
from pipelines.scan.shrink import Image, Small

EVERY_S = 0.5
SHORT_S = 0.1
SLOW_PX = 0.5
"""Below this median displacement the short pair says too little and the long one is taken."""
SURELY_FASTER = 2.0
"""So many times the speed is no difference between two measurements of the same."""
FAST = 0.15
"""Where more of the picture than this is lost between the short pair, it was too fast, and neighbouring frames are taken."""
BAR = 24
"""Luma up to which a row or column at the edge is a bar; black is 16."""
LEAST_PX = 48
"""Shorter side of what must be left without the bars."""
BLOCK_PX = 16
CHANGED = 1.5
"""Mean difference in grey levels from which a block counts as changed."""
TEXTURED = 1.5
"""Mean slope in grey levels a pixel from which a block would show that it moves."""
SPREAD = 0.5
"""Share of width and of height over which textured blocks must move before a picture of little else is said to move."""
LOST = 8.0
"""Mean difference in grey levels that must be left for a block to count as lost."""
MOST_GUESSES = 500
"""Pairs of blocks from which the camera's movement is guessed; as many find one that only a tenth of the blocks follow."""
EXPLAINED = 0.7
"""A block's flow is believed when it leaves at most this share of the change."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Step:
    """What moved between two frames, per second."""

    first: int
    """Index of the earlier frame."""
    last: int
    speed: float
    """Mean speed of the picture's blocks in frame diagonals."""
    pan: float
    """Of the camera, in frame widths; positive is to the right."""
    tilt: float
    """Of the camera, in frame heights; positive is up."""
    zoom: float
    """Growth of the picture; positive is in."""
    roll: float
    """Of the camera, in degrees; positive is clockwise."""
    agreement: float
    """Share of the moved blocks that move as one: 1 is a moving camera, near 0 moving things."""
    lost: float = 0.0
    """Share of the picture that changed a lot without any movement that explains it: too fast, too dark, too smoky."""


@dataclass(frozen=True, slots=True)
class _Frame:
    index: int
    time_s: float
    picture: Image


class Motion:
    """Collects steps while a video is read."""

    def __init__(self, rotation: int) -> None:
        self._turns = rotation // 90
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._base: _Frame | None = None
        self._tried = False
        """Whether the short pair of this base was looked at."""
        self._slow: Step | None = None
        """What it said, where that was too little."""
        self._fast = False
        """Whether it was lost, and the frame after it is awaited."""
        self.steps: list[Step] = []

    def feed(self, index: int, time_s: float, small: Small) -> None:
        """Look at a frame; most frames are passed over untouched."""
        base = self._base
        since = time_s - base.time_s if base else EVERY_S
        if base and not self._tried and since >= (0 if self._fast else SHORT_S - 1e-4):
            self._look(base, self._take(index, time_s, small))
        if since >= EVERY_S - 1e-4:
            frame = self._take(index, time_s, small)
            if base and self._slow:
                self.steps.append(_likelier(self._slow, self._step(base, frame)))
            self._base, self._tried, self._slow, self._fast = frame, False, None, False

    def _look(self, base: _Frame, frame: _Frame) -> None:
        """Measure the short pair, unless it was so fast that the next frame has to tell."""
        measured = between(self._flow, base.picture, frame.picture)
        if measured.lost > FAST and not self._fast and frame.index > base.index + 1:
            self._base, self._fast = frame, True
            return
        self._tried, step = True, measured.step(base.index, frame.index, frame.time_s - base.time_s)
        if measured.median_px < SLOW_PX and not self._fast:
            self._slow = step
        else:
            self.steps.append(step)

    def _step(self, base: _Frame, frame: _Frame) -> Step:
        measured = between(self._flow, base.picture, frame.picture)
        return measured.step(base.index, frame.index, frame.time_s - base.time_s)

    def forget(self, before: int) -> None:
        """Drop steps of frames that no clip will ask for any more."""
        self.steps = [step for step in self.steps if step.first >= before]

    def _take(self, index: int, time_s: float, small: Small) -> _Frame:
        return _Frame(index, time_s, cv2.GaussianBlur(np.rot90(small.flow(), -self._turns), (3, 3), 0))


def _likelier(short: Step, long: Step) -> Step:
    """The long pair's, unless it lost what the short one saw: a ball flies out of its own blocks in half a second."""
    return short if long.lost and short.speed > SURELY_FASTER * long.speed else long


@dataclass(frozen=True, slots=True)
class Displacement:
    """What moved between two pictures, in pixels of the small picture."""

    moved: Floats
    """Displacement of each block, rows × columns × (x, y)."""
    median_px: float
    """Of the blocks that moved; 0 when they are too few to tell."""
    camera: Floats
    """2×3 similarity transform that most moved blocks follow."""
    agreement: float
    lost: float
    size: tuple[int, int]

    def step(self, first: int, last: int, seconds: float) -> Step:
        width, height = self.size
        a, b = float(self.camera[0, 0]), float(self.camera[1, 0])
        centre = self.camera @ np.array([width / 2, height / 2, 1.0]) - np.array([width / 2, height / 2])
        return Step(
            first=first,
            last=last,
            speed=float(np.linalg.norm(self.moved, axis=2).mean()) / hypot(width, height) / seconds,
            pan=-float(centre[0]) / width / seconds,
            tilt=float(centre[1]) / height / seconds,
            zoom=(hypot(a, b) - 1) / seconds,
            roll=-degrees(atan2(b, a)) / seconds,
            agreement=self.agreement,
            lost=self.lost,
        )


STILL = np.array([[1, 0, 0], [0, 1, 0]], np.float32)


def between(flow: cv2.DISOpticalFlow, a: Image, b: Image) -> Displacement:
    """Displacement from picture `a` to picture `b`, both grey and of one size."""
    a, b = _without_bars(a, b)
    height, width = a.shape
    b = _same_light(a, b)
    change = _blocks(cv2.absdiff(a, b))
    if change.max() <= CHANGED:
        return Displacement(np.zeros((*change.shape, 2), np.float32), 0.0, STILL, 0.0, 0.0, (width, height))
    field = flow.calc(a, b, None)
    left = _blocks(cv2.absdiff(a, _undo(b, field)))
    believed = (change > CHANGED) & (left < EXPLAINED * change)
    moved = _block_means(field)
    camera, agreement = _camera(moved, believed, _moving_share(a, believed), (width, height))
    carried = _carried(camera, moved.shape[:2], width, height)
    plain = ~believed & (change <= CHANGED)  # too plain to tell: moves with the camera, if that moves
    moved = np.where(believed[..., None], moved, np.where((plain & (agreement >= 0.6))[..., None], carried, 0))
    median_px = median(np.linalg.norm(moved[believed], axis=1)) if believed.mean() >= 0.1 else 0.0
    lost = float((~believed & (left > LOST)).mean())
    return Displacement(moved.astype(np.float32), median_px, camera, agreement, lost, (width, height))


def _without_bars(a: Image, b: Image) -> tuple[Image, Image]:
    """Both pictures without the black bars around them: a portrait video in a wide frame moves as much as without."""
    lit = cv2.max(a, b) > BAR
    if lit[0].any() and lit[-1].any() and lit[:, 0].any() and lit[:, -1].any():
        return a, b
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    if rows.size == 0 or min(rows[-1] - rows[0], columns[-1] - columns[0]) < LEAST_PX:
        return a, b
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return np.ascontiguousarray(a[box]), np.ascontiguousarray(b[box])


def _same_light(a: Image, b: Image) -> Image:
    """`b` with the mean and spread of `a`, so that a fade or a flash is not taken for movement."""
    (mean_a, spread_a), (mean_b, spread_b) = (tuple(float(x[0][0]) for x in cv2.meanStdDev(p)) for p in (a, b))
    gain = min(max(spread_a / spread_b, 0.5), 2.0) if spread_b > 1 else 1.0
    return cv2.convertScaleAbs(b, alpha=gain, beta=mean_a - gain * mean_b) if abs(mean_a - mean_b) > 1 else b


def _undo(b: Image, field: Floats) -> Image:
    """What `b` looked like before it moved by `field`."""
    came_from = cv2.add(_pixels(*b.shape), field)
    undone: Image = cv2.remap(b, came_from, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return undone


@lru_cache(maxsize=4)
def _pixels(height: int, width: int) -> Floats:
    """Column and row of every pixel."""
    return np.dstack(np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)))


def _blocks(picture: npt.NDArray[np.generic]) -> Floats:
    """Means over blocks of about `BLOCK_PX`: two small products take a fifth of the time of a resize by an odd factor."""
    rows, columns = (_shares(side, max(1, side // BLOCK_PX)) for side in picture.shape)
    means: Floats = rows.T @ (picture.astype(np.float32) @ columns)
    return means


def _block_means(field: Floats) -> Floats:
    """The same of a displacement for each pixel, which keeps its x and y; rows first, so that nothing is copied."""
    height, width, _ = field.shape
    rows, columns = _shares(height, max(1, height // BLOCK_PX)), _shares(width, max(1, width // BLOCK_PX))
    means: Floats = columns.T @ (rows.T @ field.reshape(height, -1)).reshape(-1, width, 2)
    return means


@lru_cache(maxsize=16)
def _shares(pixels: int, blocks: int) -> Floats:
    """How much each of a line's pixels counts in each block; at the borders of blocks pixels are shared out."""
    shares: Floats = cv2.resize(np.eye(pixels, dtype=np.float32), (blocks, pixels), interpolation=cv2.INTER_AREA)
    return shares


@lru_cache(maxsize=4)
def _centres(shape: tuple[int, int], width: int, height: int) -> Floats:
    """Of the blocks."""
    rows, columns = shape
    x, y = np.meshgrid((np.arange(columns) + 0.5) * width / columns, (np.arange(rows) + 0.5) * height / rows)
    return np.dstack([x, y]).astype(np.float32)


def _moving_share(a: Image, believed: npt.NDArray[np.bool_]) -> float:
    """Share of the blocks that move; of those with texture alone, where these are all over the picture.

    A white table does not show that the camera moves, the things on it do, but not if they are all in one place."""
    if believed.mean() >= 0.5 or believed.sum() < 6:
        return float(believed.mean())
    slope = cv2.magnitude(*(sobel.astype(np.float32) for sobel in cv2.spatialGradient(a)))
    textured = _blocks(slope) > 8 * TEXTURED  # eight is the sum of Sobel's weights
    rows, columns = np.nonzero(believed & textured)
    if len(rows) < 6 or min((np.ptp(rows) + 1) / believed.shape[0], (np.ptp(columns) + 1) / believed.shape[1]) < SPREAD:
        return float(believed.mean())
    return max(float(believed.mean()), len(rows) / float(textured.sum()))


def _camera(
    moved: Floats, believed: npt.NDArray[np.bool_], moving_share: float, size: tuple[int, int]
) -> tuple[Floats, float]:
    """The similarity that most believed blocks follow, and the share of all moving blocks that do."""
    if believed.sum() < 4 or moving_share < 0.15:
        return STILL, 0.0
    start = _centres((moved.shape[0], moved.shape[1]), *size)[believed]
    cv2.setRNGSeed(1)
    found, inliers = cv2.estimateAffinePartial2D(
        start, start + moved[believed], method=cv2.RANSAC, ransacReprojThreshold=1.0, maxIters=MOST_GUESSES
    )
    if found is None:
        return STILL, 0.0
    return found.astype(np.float32), float(inliers.mean()) * min(1.0, 2 * moving_share)


def _carried(camera: Floats, shape: tuple[int, int], width: int, height: int) -> Floats:
    """The displacement of each block if it moved with the camera."""
    start = _centres(shape, width, height)
    return start @ camera[:, :2].T + camera[:, 2] - start

"""Dissolves and fades: stretches in which one picture turns into another, step by step.

In a blend the frame in the middle of a short stretch is the mean of the frames at its ends, which differ much; things or
cameras that move never give that. Where they move while one picture turns into another, the middle is near the mean and
paler than either end. Several lengths of stretch find quick and slow blends. Light that changes while a scene
stays (automatic exposure, a lamp) is a blend by this test, too, and is told apart at the end: the picture is the same as
before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.scan.shrink import Image

STRETCHES = ((0.1, 2, 0.2), (0.2, 3, 0.2), (0.4, 4, 0.12))
"""The stretches that are looked at: half the length in seconds, but at least so many frames; and how far the middle may be
off the mean of the ends, as a share of their difference."""
CHANGED = 8.0
"""Least mean difference, in grey levels, between the ends of a stretch."""
SHARP = 18.0
"""The same where the change is more than light: a sharp picture that moves by about one of its pixels looks blended, too,
and was seen to differ by up to 17."""
BUSY = 24.0
"""The same where things move in the blend, so that the middle is off the mean."""
BUSY_OFF = 0.4
"""How far it may be off then, if it is paler than both ends: two pictures laid over each other lose contrast."""
PALER = 0.95
"""Share of either end's contrast below which a picture is paler."""
LIGHT = 0.97
"""From this squared correlation on, the change is a multiple of the picture itself: light, or a fade and nothing else."""
MOSTLY_LIGHT = 0.8
"""From this one on, it is a fade at least in part, as beneath a title that stays: nothing that moves does that."""
EVEN = 0.2
"""A change that varies less than this share of its mean is the same all over: light, too."""
LEAST_HITS = 3
"""So many frames must look blended; a single one is chance, or a cut with a blended frame."""
GAP = 2
"""Frames between two blended ones that still belong to one transition."""
SAME = 0.9
"""From this correlation on, the pictures before and after show the same scene."""
FADED = 0.35
"""A picture with less than this share of the other's contrast has faded."""
LONGEST_S = 5.0
"""A longer one is told in parts, so that memory stays bounded."""

Floats = npt.NDArray[np.float32]
Span = tuple[int, int]
"""Frames [first, end) that are blended."""


@dataclass
class _Run:
    """A transition that may still go on."""

    first: int
    end: int
    before: Image
    last_hit: int
    blends: int
    """Hits that are more than a change of light."""
    hits: int = 1


class Transitions:
    """Tells which frames are blended, shortly after they have passed."""

    def __init__(self, fps: float) -> None:
        fps = fps if 1 <= fps <= 240 else 25.0
        self._stretches = [(max(least, round(half_s * fps)), off) for half_s, least, off in STRETCHES]
        self._longest_half = max(half for half, _ in self._stretches)
        self._memory: deque[Image] = deque(maxlen=2 * self._longest_half + 1)
        self._longest = ceil(LONGEST_S * fps)
        self._run: _Run | None = None
        self._count = 0

    @property
    def settled(self) -> int:
        """No span told later begins before this frame."""
        return self._run.first if self._run else max(0, self._count - 2 * self._longest_half - 1)

    def feed(self, index: int, luma: Image) -> list[Span]:
        """Look at frame `index`; the spans now known to be over."""
        self._memory.append(luma[::2, ::2].copy())
        self._count = index + 1
        told = self._told(end=None) if self._run and self._is_over(self._run) else []
        for half, off in self._stretches:
            if len(self._memory) > 2 * half:
                self._compare(index - half, half, off)
        return told

    def finish(self) -> list[Span]:
        """After the last frame: a transition that the file ends in."""
        if self._run and self._run.last_hit >= self._count - 1 - self._longest_half - GAP:
            return self._told(end=self._count)
        return self._told(end=None)

    def _compare(self, centre: int, half: int, off: float) -> None:
        a, middle, b = self._memory[-1 - 2 * half], self._memory[-1 - half], self._memory[-1]
        changed = _difference(a, b)
        if changed < CHANGED:
            return
        is_off = _difference(middle, cv2.addWeighted(a, 0.5, b, 0.5, 0)) / changed
        if is_off > off:
            if changed >= BUSY and is_off <= BUSY_OFF and _is_paler(middle, a, b):
                self._hit(centre, half, is_blend=True)
            return
        light = _light(a, middle, b)
        if light >= MOSTLY_LIGHT or changed >= SHARP:
            self._hit(centre, half, is_blend=light < LIGHT)

    def _hit(self, centre: int, half: int, *, is_blend: bool) -> None:
        reach = ceil(0.8 * half)  # at the first hit, about half of the stretch is in the transition already
        first, end = max(0, centre - reach), centre + reach + 1
        if self._run is None:
            self._run = _Run(first, end, self._frame(first - 1), centre, int(is_blend))
            return
        run = self._run
        if first < run.first:
            run.first, run.before = first, self._frame(first - 1)
        run.end = max(run.end, end)
        run.hits, run.blends = run.hits + (centre != run.last_hit), run.blends + is_blend
        run.last_hit = max(run.last_hit, centre)

    def _is_over(self, run: _Run) -> bool:
        """Whether no stretch can add to it any more, or it goes on for too long."""
        return self._count - 1 - self._longest_half > run.last_hit + GAP or self._count - run.first > self._longest

    def _told(self, end: int | None) -> list[Span]:
        run, self._run = self._run, None
        if run is None or run.hits < LEAST_HITS:
            return []
        return [(run.first, end or run.end)] if _is_another(run.before, self._frame(run.end), run.blends) else []

    def _frame(self, index: int) -> Image:
        """A remembered frame, or the nearest one to it."""
        return self._memory[-1 - min(max(0, self._count - 1 - index), len(self._memory) - 1)]


def _difference(a: Image, b: Image) -> float:
    return cv2.norm(a, b, cv2.NORM_L1) / a.size


def _is_paler(middle: Image, *ends: Image) -> bool:
    return _contrast(middle) < PALER * min(map(_contrast, ends))


def _contrast(picture: Image) -> float:
    return float(cv2.meanStdDev(picture)[1][0][0])


def _light(a: Image, middle: Image, b: Image) -> float:
    """How far the picture only became brighter or darker, 0 to 1."""
    change = b.astype(np.float32) - a
    even = float(change.std()) < EVEN * abs(float(change.mean()))
    return 1.0 if even else _correlation(change, middle.astype(np.float32)) ** 2


def _is_another(before: Image, after: Image, blends: int) -> bool:
    """Whether two pictures show different scenes, or the scene has faded away or in."""
    spreads = sorted((float(before.std()), float(after.std())))
    if spreads[0] <= FADED * spreads[1]:
        return True
    flat = spreads[1] < 3  # both of one colour, as a title that fades out on grey
    return flat or (blends >= LEAST_HITS and _correlation(before.astype(np.float32), after.astype(np.float32)) < SAME)


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0

"""Which frames of a clip a model is shown: the formulas of the published pipelines, as pure arithmetic.

Each takes the clip as `Stretch` and gives indices counted from the clip's first frame, in the order of time. An index may
come twice where the formula says so (a clip with fewer frames than are asked for); nothing beyond the clip is asked for.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PER_SECOND_MOST = 24
BASE_SECONDS = 60
FRACTIONS = (0.2, 0.5, 0.8)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the formulas need to know of a clip."""

    frames: int
    fps: float
    times_s: tuple[float, ...] = ()
    """Of each frame, seconds from the start; without them frames are taken to be evenly spaced."""

    def time_s(self, index: int) -> float:
        return self.times_s[index] if self.times_s else index / self.fps


def uniform(clip: Stretch, count: int) -> list[int]:
    """EasyAnimate v1: linspace from 0 to `frames`, the end left out, rounded down. Never near the end."""
    return [index * clip.frames // count for index in range(count)]


def segments(clip: Stretch, count: int) -> list[int]:
    """PLLaVA: the middle of each of `count` equal segments of the stretch from the first to the last frame, rounded down."""
    length = (clip.frames - 1) / count
    return [int(length / 2 + round(length * index)) for index in range(count)]


def middle(clip: Stretch, count: int = 1) -> list[int]:
    """The frame half-way."""
    return [clip.frames // 2]


def fractions(clip: Stretch, count: int = 3) -> list[int]:
    """Open-Sora: at 20, 50 and 80 percent, rounded down."""
    return [int(share * clip.frames) for share in FRACTIONS]


def per_second(clip: Stretch, count: int = PER_SECOND_MOST) -> list[int]:
    """CogVLM2 "chat": for each whole second up to the rounded last time, and one more, the frame whose time is closest.

    Stops at `count` frames, so the published 24 see no further than the first 24 seconds. The same frame never comes twice.
    """
    times = [clip.time_s(index) for index in range(clip.frames)]
    seconds = range(round(times[-1]) + 1)
    return list(dict.fromkeys(_closest(times, second) for second in seconds))[:count]


def base(clip: Stretch, count: int = PER_SECOND_MOST) -> list[int]:
    """CogVLM2 "base": `count` frames, linspace over the first 60 seconds, both ends included, rounded down."""
    last = min(clip.frames, int(BASE_SECONDS * clip.fps)) - 1
    return [index * last // max(1, count - 1) for index in range(count)]


def spread(clip: Stretch, count: int) -> list[int]:
    """Ours: frames evenly spread with both ends, no frame twice, an even number of them where there is more than one.

    Video models merge frames in pairs and some fail on an odd number.
    """
    count = min(count, clip.frames)
    count -= count % 2 if count > 2 else 0
    return [round(index * (clip.frames - 1) / max(1, count - 1)) for index in range(count)] if count > 1 else middle(clip)


def every(clip: Stretch, seconds: float) -> list[int]:
    """ShareCaptioner: a frame each ceil(int(fps) · seconds) frames from the first; the last one too when as much is left.

    It rounds 29.97 frames a second down, so candidates drift by a frame in thirty seconds; their times are told truly.
    """
    step = max(1, math.ceil(int(clip.fps) * seconds))
    found, last = list(range(0, clip.frames, step)), clip.frames - 1
    return [*found, last] if last - found[-1] >= step else found


Formula = Callable[[Stretch, int], list[int]]
FORMULAS: dict[str, Formula] = {
    "spread": spread,
    "uniform": uniform,
    "segments": segments,
    "per_second": per_second,
    "base": base,
    "middle": middle,
    "fractions": fractions,
}
"""By the name a recipe uses."""
KEYFRAMES = "iframes"
"""The clip's own keyframes. Not a formula: only the file knows which they are."""
CANDIDATES = "every"
"""A frame each so many seconds, from which key frames are chosen by what they show."""
CHOICES = [*FORMULAS, KEYFRAMES, CANDIDATES]


def _closest(times: Sequence[float], wanted: float) -> int:
    """The index of the time nearest to `wanted`; of two as near, the earlier."""
    after = min(bisect_left(times, wanted), len(times) - 1)
    before = max(0, after - 1)
    return before if abs(times[before] - wanted) <= abs(times[after] - wanted) else after

"""Scenes → clips of useful length. Pure arithmetic on frame indices and times."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Protocol

from pipelines.errors import Refused
from pipelines.scan.params import Scan


class Times(Protocol):
    """Frame index → seconds."""

    def __getitem__(self, index: int, /) -> float: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """Frames `first` up to, not including, `end`; whether each side is a cut (there the trim applies)."""

    first: int
    end: int
    cut_before: bool
    cut_after: bool


LONGEST_GIVEN_S = 600.0
"""Of a stretch that is taken as it was given: the frames that are kept for looking at fill memory meanwhile."""


@dataclass(frozen=True, slots=True)
class Given:
    """A stretch that somebody else cut, in seconds; without an end it reaches to the end of the file."""

    start_s: float
    end_s: float | None = None
    exact: bool = True
    """It is one clip; else it is a scene, to be divided like any other."""

    def is_over(self, time_s: float) -> bool:
        """A frame at `time_s` tells which frame it ends at. Raises `Refused` when it has become too long by then."""
        reached = time_s if self.end_s is None else min(time_s, self.end_s)
        if reached - self.start_s > LONGEST_GIVEN_S:
            most = f"{LONGEST_GIVEN_S / 60:g} min"
            raise Refused("too_long", f"a clip of it is longer than the {most} that are taken whole; let the scan cut it")
        return self.end_s is not None and time_s > self.end_s


def divide(scene: Scene, times: Times, params: Scan) -> list[tuple[int, int]]:
    """The clips of a scene as (first frame, frame after the last), frame indices.

    `times[i]` is when frame i is shown, in seconds; `times` reaches one beyond the scene's last frame. A scene longer than
    `max_s` is divided evenly; one shorter than `min_s` gives nothing, nor does a stretch in which one frame stands too long.
    """
    first = scene.first + (params.trim_frames if scene.cut_before else 0)
    end = scene.end - (params.trim_frames if scene.cut_after else 0)
    if end <= first or times[end] - times[first] < params.min_s - 1e-6:
        return []
    length, longest = times[end] - times[first] - 1e-6, params.max_s + 1e-6
    clips = _evenly(first, end, ceil(length / params.max_s), times)
    if any(b - a > 1 and times[b] - times[a] > longest for a, b in clips):  # rounding to frames made one too long
        frame = min(max(times[i + 1] - times[i] for i in range(first, end)), params.max_s / 2)
        clips = _evenly(first, end, ceil(length / (params.max_s - frame)), times)
    return [(a, b) for a, b in clips if params.min_s - 1e-6 <= times[b] - times[a] <= longest]


def _evenly(first: int, end: int, pieces: int, times: Times) -> list[tuple[int, int]]:
    length = times[end] - times[first]
    inner = [nearest(times, times[first] + length * i / pieces, first, end) for i in range(1, pieces)]
    edges = [first, *inner, end]
    return list(pairwise(edges))


def nearest(times: Times, wanted: float, low: int, high: int) -> int:
    """The frame in [low, high] that is shown nearest to `wanted`."""
    index = bisect_left(range(high), wanted, low, key=times.__getitem__)
    if index > low and wanted - times[index - 1] <= times[index] - wanted:
        return index - 1
    return index

"""Which frames of a clip an encoded file holds: another rate, and a count that video VAEs take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipelines.errors import Refused
from pipelines.media.item import Item
from pipelines.records import VideoInfo

FORMS = {"all": 1, "4n+1": 4, "8n+1": 8}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All frames at their own times by default."""

    fps: Fraction | None = None
    """Frames a second on an even grid, each the one shown at its time; None keeps the source's times."""
    step: int = 1
    """The count is a multiple of it plus one; the frames behind are left out."""

    def count(self, item: Item, info: VideoInfo) -> int | None:
        """How many frames the file will hold; None when that is known only after decoding. Raises `Refused`."""
        total = round((item.end_pts - item.start_pts) * info.time_base * self.fps) if self.fps else item.frames
        if total is None or self.step == 1:
            return max(1, total) if total is not None else None
        if total <= self.step:
            raise Refused("too_short", f"it has {total} frames, and {self.step}n+1 needs at least {self.step + 1}")
        return (total - 1) // self.step * self.step + 1

    def chosen(self, shown: Iterable[Any], item: Item, info: VideoInfo) -> Iterator[Any]:
        """The frames of the file. Reads `shown` to its end, so that whoever counts sees all."""
        wanted = self.count(item, info)
        for number, frame in enumerate(self._grid(shown, item, info, wanted or 1) if self.fps else shown):
            if wanted is None or number < wanted:
                yield frame

    def end_pts(self, item: Item, info: VideoInfo, *, behind: int | None) -> int:
        """When the last frame of the file ends. `behind`: ticks of the first frame that was left out, None for none."""
        if self.fps:
            count = self.count(item, info) or 1
            return item.start_pts + round(count / (self.fps * info.time_base))
        return item.end_pts if behind is None else behind

    def _grid(self, shown: Iterable[Any], item: Item, info: VideoInfo, count: int) -> Iterator[Any]:
        """For each time on the grid the frame that is on the screen then."""
        assert self.fps is not None
        step, at, last = 1 / (self.fps * info.time_base), 0, None
        for frame in shown:
            while last is not None and at < count and item.start_pts + at * step < frame.pts:
                yield last
                at += 1
            last = frame
        yield from (last for _ in range(count - at) if last is not None)

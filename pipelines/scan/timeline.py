"""What is remembered of every frame while a file is read: its time and two numbers, never pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.records import VideoInfo


@dataclass
class Timeline:
    """Frames by index, from `base` on; `timeline[i]` is when frame i is shown, in seconds."""

    info: VideoInfo
    base: int = 0
    pts: list[int] = field(default_factory=list)
    brightness: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    """Mean difference from the frame before, in grey levels."""

    def __getitem__(self, index: int) -> float:
        return self.info.seconds(self.pts[index - self.base])

    def __len__(self) -> int:
        return self.base + len(self.pts)

    def add(self, pts: int, *, brightness: float, change: float) -> None:
        self.pts.append(pts)
        self.brightness.append(brightness)
        self.change.append(change)

    def close(self) -> None:
        """Add the time just after the last frame: it is shown as long as the one before it, or else as the rate says."""
        usual = round(1 / (self.info.fps * self.info.time_base)) if self.info.fps else 1
        self.pts.append(self.pts[-1] + (self.pts[-1] - self.pts[-2] if len(self.pts) > 1 else max(usual, 1)))

    def forget(self, before: int) -> None:
        """Drop frames that no clip will ask for any more."""
        drop = before - self.base
        for column in (self.pts, self.brightness, self.change):
            del column[:drop]
        self.base = before

    def after(self, start: int, seconds: float) -> int:
        """The first frame shown at least `seconds` after frame `start`."""
        return next(index for index in range(start, len(self)) if self[index] - self[start] >= seconds)

    def brightness_of(self, first: int, end: int) -> list[float]:
        """Of each of the frames [first, end)."""
        return self.brightness[first - self.base : end - self.base]

    def frozen(self, first: int, end: int, *, up_to: float) -> float:
        """Share of the frames [first + 1, end) that changed by at most `up_to` grey levels."""
        inside = self.change[first + 1 - self.base : end - self.base]
        return sum(value <= up_to for value in inside) / len(inside) if inside else 0.0

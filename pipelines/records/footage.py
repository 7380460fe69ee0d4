"""What was filmed: videos, the clips in them, and what was measured of a clip."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Facts of the video stream, read from the container and its first frame."""

    container: str
    codec: str
    stream: int
    """Index of the video stream inside the file."""
    width: int
    """Pixels as stored, before rotation and pixel aspect."""
    height: int
    rotation: int
    """Degrees clockwise that turn a stored frame upright: 0, 90, 180 or 270."""
    sample_aspect: Fraction
    fps: float
    """Average rate; for people and captions. Nothing is cut by it."""
    duration_s: float
    """As the container claims; the scan finds the truth."""
    time_base: Fraction
    """Seconds per tick."""
    first_pts: int
    """Ticks of the first frame that is shown."""
    pixel_format: str
    has_audio: bool
    hdr: bool

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in square pixels, upright."""
        width = round(self.width * self.sample_aspect)
        return (self.height, width) if self.rotation in (90, 270) else (width, self.height)

    def seconds(self, pts: int) -> float:
        """Seconds from the first shown frame to `pts`."""
        return (pts - self.first_pts) * self.time_base.numerator / self.time_base.denominator  # exact, and asked for often


@dataclass(frozen=True, slots=True)
class Video:
    """One file's content. Its identity is its bytes: two names for the same bytes are one video."""

    sha256: str
    path: str
    """Where it was found; undecodable bytes as surrogate escapes, as `os.fsdecode` gives them."""
    size_bytes: int
    info: VideoInfo

    @property
    def name(self) -> str:
        """File name fit for showing: undecodable bytes become question marks."""
        return os.fsencode(Path(self.path).name).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a video: from the frame at `start_pts` up to, not including, the frame at `end_pts`. Nothing is cut."""

    video: Video
    start_pts: int
    end_pts: int
    frames: int
    """Decoded frames in the stretch."""

    @property
    def key(self) -> str:
        """32 hex digits that name this content and these times, whatever the file is called."""
        text = f"{self.video.sha256}|{self.start_pts}|{self.end_pts}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def start_s(self) -> float:
        return self.video.info.seconds(self.start_pts)

    @property
    def end_s(self) -> float:
        return self.video.info.seconds(self.end_pts)

    @property
    def duration_s(self) -> float:
        return float((self.end_pts - self.start_pts) * self.video.info.time_base)


@dataclass(frozen=True, slots=True)
class Score:
    """A number that was measured on a clip. `value` is None when it could not be, and then `missing` says why."""

    name: str
    value: float | None
    missing: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.missing is None):
            raise ValueError(f"score {self.name!r} needs either a value or the reason why it is missing")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something measured that is words, not a number: `camera` = "pan left", `colours` = "green, blue"."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sampled frames of a clip, upright, side by side from left to right in one JPEG."""

    path: str
    times_s: tuple[float, ...]
    """Of each frame, seconds from the start of the clip."""
    tile: tuple[int, int]
    """Width and height of one frame in pixels."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a scorer found out about one clip."""

    scores: tuple[Score, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class ScannedClip:
    """A finished clip as the scan yields it while the file is still being read."""

    clip: Clip
    measured: Measured
    sheet: Sheet
    fingerprint: str | None = None
    """Hex digits by which copies are found (`pipelines.prints`); None when the clip is too plain to tell."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that a scorer, captioner or rewriter may look at."""

    clip: Clip
    sheet: Sheet
    scores: Mapping[str, Score] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.clip.key

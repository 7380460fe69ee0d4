"""The words Clapper thinks in.

Frozen and picklable, standard library only; paths, never pixels. Times in seconds count from the first frame of the
video that is shown; times in ticks (`pts`) are the file's own, in units of its time base, so that they stay exact.

    Video ── Clip ──┬── Score    a number that was measured, or why it could not be
                    ├── Fact     a word that was measured: camera, colours, text on screen
                    ├── Sheet    sampled frames on disk
                    └── Caption ── Caption ── …   an append-only chain, each with its Prompt, Parts and Usage
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any


class State(StrEnum):
    """What the rules say about a clip."""

    KEPT = "kept"
    DROPPED = "dropped"
    UNSCORED = "unscored"
    """A rule needs a score that could not be measured: neither kept nor dropped, a person should look."""


class Outcome(StrEnum):
    """How a caption ended."""

    OK = "ok"
    TRUNCATED = "truncated"
    BLOCKED = "blocked"
    EMPTY = "empty"
    REPEATED = "repeated"
    FAILED = "failed"


class Author(StrEnum):
    """Who wrote a caption."""

    MACHINE = "machine"
    PERSON = "person"
    IMPORT = "import"


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


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep clips whose score lies within `low` and `high`, both included; None leaves that side open."""

    score: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say, and why. A kept clip has no reasons."""

    state: State
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words a model is asked with. The same name and words are the same prompt, wherever they are kept."""

    name: str
    """Empty for words that somebody wrote for one run."""
    text: str
    """May hold variables such as `{camera}`; see `pipelines.prompts`."""
    system: str = ""

    @property
    def digest(self) -> str:
        """16 hex digits of name and words."""
        return hashlib.sha256("\x00".join((self.name, self.text, self.system)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """US dollars, at the prices of the catalogue."""
    seconds: float = field(default=0.0, compare=False)
    """Of the clock, from the request to the answer."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost + other.cost,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Words about a stretch of a clip that a caption was made from: one frame, or what happened since the one before."""

    start_s: float
    """Seconds from the start of the clip."""
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Caption:
    """Words about a clip. Never changed: a rewrite or an edit is a new caption whose `parent` is the one before."""

    text: str
    model: str
    author: Author = Author.MACHINE
    outcome: Outcome = Outcome.OK
    reason: str | None = None
    """Why the outcome is not ok."""
    role: str = "caption"
    """What it is for: caption, answer, tags, translation. Only a caption can come into force."""
    prompt: Prompt | None = None
    parts: tuple[Part, ...] = ()
    """What it was made from, in time."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Of a structured caption: subject, action, scene, camera, style."""
    flags: tuple[str, ...] = ()
    """What may be wrong with it, by its words alone."""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Draft:
    """A caption with its clip: what rewriters and aligners work on."""

    material: Material
    caption: Caption

    @property
    def id(self) -> str:
        return self.material.id


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a caption, and what speaks for it."""

    text: str
    value: float | None = None
    """How well it fits the frames, in the aligner's own measure."""
    verdict: str = ""
    """supported, contradicted or not_visible, as a model judged it; empty where only a number was measured."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What an aligner found out about one caption."""

    scores: tuple[Score, ...]
    sentences: tuple[Sentence, ...] = ()
    model: str = ""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class KeptCaption:
    """A caption as it is kept: its words, and all that is known of where they come from."""

    caption: Caption
    by: str = ""
    """Name of the person, when a person wrote it."""
    role: str = "caption"
    """caption, answer, tags, translation. Only a caption can come into force."""
    stage: str = ""
    digest: str = ""
    """Of the stage that wrote it."""
    prompt: str = ""
    """Digest of the prompt it was asked with."""
    parent: int | None = None
    """Place of the caption before it among the captions of the clip."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """How it was made: params, parts, fields, flags, tokens_in, tokens_out, cost, seconds, as the library keeps them."""
    at: float = 0.0
    """Seconds since 1970, as all times of day here."""

    @property
    def usable(self) -> bool:
        """It ended well and says something: a text without one letter or digit never leaves."""
        return self.caption.outcome is Outcome.OK and any(sign.isalnum() for sign in self.caption.text)


@dataclass(frozen=True, slots=True)
class Review:
    """What was decided about a clip, by whom, when, and why."""

    state: str = "waiting"
    """waiting, accepted, accepted_lot (by a spot check of others), rejected, skipped"""
    by: str | None = None
    at: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something somebody did to a clip. In `detail` captions are named by their place among those of the clip."""

    key: str
    at: float
    actor: str
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip with the caption that leaves with it, and everything that is known of both: all that an exporter sees."""

    clip: Clip
    text: str
    scores: Mapping[str, float | None] = field(default_factory=dict)
    review: Review = Review()
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why a score has no value."""
    facts: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    verdict: str | None = None
    """What the rules say: kept, dropped, unscored; None until every score is there."""
    reasons: tuple[str, ...] = ()
    captions: tuple[KeptCaption, ...] = ()
    """All of the clip, oldest first."""
    in_force: int | None = None
    """Place of the caption in force among them."""
    chosen: int | None = None
    """Place of the one that leaves."""
    take: int = 0
    """Counts the captions that leave with this clip, from 0."""
    split: str = "train"
    events: tuple[Happened, ...] = ()

    @property
    def leaving(self) -> KeptCaption | None:
        """The caption that leaves, with its provenance."""
        return None if self.chosen is None else self.captions[self.chosen]

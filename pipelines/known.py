"""Everything another Clapper knows of a clip, as its `jsonl` exports write it, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines import wire
from pipelines.errors import Refused
from pipelines.ingest import Problem, shown
from pipelines.lists import LISTS, ListError, entries
from pipelines.records import Author, Clip, Outcome, State, Video, VideoInfo

MARK, VERSION = "clapper", 1
LISTING = "clips.jsonl"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name under which a file was seen, with what tells that it is still the same file."""

    path: str
    given: str
    mtime_ns: int = 0
    inode: int = 0
    seen_at: float = 0.0


@dataclass(frozen=True, slots=True)
class KnownVideo:
    sha256: str
    size_bytes: int
    path: str
    info: VideoInfo
    names: list[KnownName] = field(default_factory=list)
    """Empty in a list, which may come from another machine."""


@dataclass(frozen=True, slots=True)
class KnownClip:
    """Ticks of the video's time base."""

    start_pts: int
    end_pts: int
    frames: int


@dataclass(frozen=True, slots=True)
class KnownReview:
    state: str = "waiting"
    by: str | None = None
    at: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class KnownCaption:
    """A caption with where it comes from. `parent` is the place of the one before it among the clip's."""

    text: str
    author: Author
    at: float
    by: str = ""
    model: str = ""
    outcome: Outcome = Outcome.OK
    reason: str | None = None
    role: str = "caption"
    stage: str = ""
    digest: str = ""
    prompt: str = ""
    parent: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    flags: list[Any] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """Something somebody did. In `detail`, `caption` is the place of a caption among the clip's."""

    key: str
    at: float
    actor: str
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A clip as another library has it."""

    video: KnownVideo
    clip: KnownClip
    verdict: State | None = None
    reasons: list[str] = field(default_factory=list)
    review: KnownReview = KnownReview()
    scores: dict[str, float | None] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    captions: list[KnownCaption] = field(default_factory=list)
    """Oldest first."""
    in_force: int | None = None
    """Place among the captions."""
    events: list[KnownEvent] = field(default_factory=list)
    sheet: dict[str, Any] = field(default_factory=dict)
    """Times and size of its sampled frames; empty where the pictures are not at hand."""

    @property
    def record(self) -> Clip:
        """The clip itself; its key is made of the video's content and the times, never read from a file."""
        video = Video(self.video.sha256, self.video.path, self.video.size_bytes, self.video.info)
        return Clip(video, self.clip.start_pts, self.clip.end_pts, self.clip.frames)


def listing(path: Path) -> Path | None:
    """The list of a `jsonl` export: `path` itself, or the one in the folder `path`; None for anything else."""
    inside = path / LISTING if path.is_dir() else path
    if inside.suffix.lower() not in LISTS or not inside.is_file():
        return None
    try:
        _, first = next(entries(str(inside)), (0, None))
    except ListError:
        return None
    return inside if isinstance(first, dict) and MARK in first else None


def read(path: Path) -> Iterator[Known | Problem]:
    """Every clip of the list. A line that cannot be used says why; the rest goes on. May raise `ListError`."""
    for line, entry in entries(str(path)):
        place = f"line {line} of {shown(str(path))}"
        try:
            yield _known(entry)
        except Refused as error:
            yield Problem(place, error.kind, f"{place}: {error}")


def _known(entry: Any) -> Known:
    if not isinstance(entry, dict) or MARK not in entry:
        raise Refused("bad_row", "it is no line of a Clapper's jsonl export; was it cut off?")
    if not isinstance(entry[MARK], int) or entry[MARK] > VERSION:
        raise Refused("newer_export", "it was written by a newer Clapper; import it with that version")
    try:
        known = wire.load(Known, entry)
    except ValidationError as error:
        problem = error.errors()[0]
        raise Refused("bad_row", f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
    except ZeroDivisionError:
        raise Refused("bad_row", "a fraction in it has no denominator") from None
    if not known.clip.frames > 0 or known.clip.end_pts <= known.clip.start_pts:
        raise Refused("bad_row", "its clip ends before it begins")
    places = [known.in_force, *(caption.parent for caption in known.captions)]
    if any(place is not None and not 0 <= place < len(known.captions) for place in places):
        raise Refused("bad_row", "it names a caption that is not in it")
    return known

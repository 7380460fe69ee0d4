"""What is said about a clip: captions, what they were asked with, what speaks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipelines.records.footage import Material, Score


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

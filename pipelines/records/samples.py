"""What leaves: a clip with its caption, and all that is known of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.records.footage import Clip
from pipelines.records.words import Caption, Outcome


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

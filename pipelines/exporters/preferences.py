"""Chosen and rejected captions of the same clip, for preference tuning (DPO) of a captioner.

preferences.jsonl     {"id", "video", "start_s", "end_s", "prompt", "chosen", "rejected", "because", "by", "at", "models"}
videos/               the clips, where they are wanted as files

`video` is the clip's file, or its source where no files are written; the times are then the clip's in the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from pipelines.kinds import EXPORTERS, ClipFile, Cutter
from pipelines.listing import Listing, one_line, source_path
from pipelines.records import Author, Happened, Sample
from pipelines.tables import Row

ABOUT_CAPTION = "caption:"
"""How a person's reason to reject begins when the clip is good and its caption is not."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Two captions of one clip, by their places, of which somebody preferred one."""

    chosen: int
    rejected: int
    because: str
    by: str
    at: float


def pairs(sample: Sample) -> list[Preference]:
    """Everything people preferred about the captions of this clip, each pair once, the first reason it was found by.

    Whatever else tells which of two captions is better is added here."""
    found: dict[tuple[str, str], Preference] = {}
    for pair in (*_edits(sample), *_critiques(sample)):
        words = (_words(sample, pair.chosen), _words(sample, pair.rejected))
        if words[0] != words[1] and all(words) and (words[1], words[0]) not in found:
            found.setdefault(words, pair)
    return list(found.values())


def _edits(sample: Sample) -> Iterator[Preference]:
    """A person's words against the machine's that they replaced."""
    for place, one in enumerate(sample.captions):
        parent = one.parent
        if parent is None or one.caption.author is not Author.PERSON or not one.usable:
            continue
        if sample.captions[parent].caption.author is Author.MACHINE:
            yield Preference(place, parent, "edit", one.by, one.at)


def _critiques(sample: Sample) -> Iterator[Preference]:
    """A caption that was rejected for itself against the one that was accepted in the end."""
    accepted = sample.in_force if sample.review.state == "accepted" else None
    for event in sample.events:
        rejected = _rejected(event)
        if accepted is not None and rejected is not None and sample.captions[accepted].usable:
            reason = str(event.detail["after"].get("reason") or "")
            yield Preference(accepted, rejected, reason.removeprefix(ABOUT_CAPTION).strip(), event.actor, event.at)


def _rejected(event: Happened) -> int | None:
    """The caption that was on the screen when somebody rejected it for its own faults."""
    after: Any = event.detail.get("after") or {}
    because = str(after.get("reason") or "")
    return after.get("caption") if event.kind == "reject" and because.startswith(ABOUT_CAPTION) else None


def _words(sample: Sample, place: int) -> str:
    return one_line(sample.captions[place].caption.text)


@EXPORTERS.register
class Preferences(Listing):
    """What people changed and why, as pairs."""

    name = "preferences"
    about = "preferences.jsonl with chosen and rejected captions of the same clip, from edits and critiques, for DPO."
    cuts: ClassVar[Literal["always", "usually", "seldom"]] = "seldom"

    question: str = Field(
        "Describe this video in detail.",
        max_length=1000,
        title="Question",
        description="The prompt that both answers are given to, as the trainer of the captioner will ask it",
    )

    def list_name(self) -> str:
        return "preferences.jsonl"

    def refuses(self, sample: Sample) -> str | None:
        return None if pairs(sample) else "nobody has preferred one of its captions to another"

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        super().write((sample for sample in samples if sample.take == 0), folder, cut=cut)

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        for number, pair in enumerate(pairs(sample)):
            chosen, rejected = sample.captions[pair.chosen], sample.captions[pair.rejected]
            yield {
                "id": f"{sample.clip.key[:16]}-{number}",
                "video": file.name or source_path(sample),
                "start_s": 0.0 if file.name else sample.clip.start_s,
                "end_s": sample.clip.duration_s if file.name else sample.clip.end_s,
                "prompt": self.question,
                "chosen": _words(sample, pair.chosen),
                "rejected": _words(sample, pair.rejected),
                "because": pair.because,
                "by": pair.by,
                "at": pair.at,
                "models": [chosen.caption.model or chosen.by, rejected.caption.model],
            }

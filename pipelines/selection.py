"""What leaves: which clips, which of their captions, and on which side of the split.

Every draw comes from a hash of the seed and of the content it is about, never from a counter: the same library gives the
same set, and a library that grows moves nothing that was drawn before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.errors import Usage
from pipelines.records import KeptCaption

Which = Literal["accepted", "lot", "reviewed", "kept", "all", "everything"]
WHICH: dict[Which, str] = {
    "accepted": "Accepted by a person",
    "lot": "Accepted by lot, after a spot check",
    "reviewed": "Accepted by a person or by lot",
    "kept": "Accepted, and kept by the rules",
    "all": "Everything with a caption that nobody rejected",
    "everything": "Everything, rejected clips too, for formats that keep rather than train",
}
TRAIN, VALIDATION = "train", "validation"
KINDS = ("model", "stage", "role", "author")
SELECTORS = ("in_force", "latest", "longest", "shortest", *(f"{kind}=NAME" for kind in KINDS))


class Selection(BaseModel):
    """Which clips leave, with which captions. Nothing here depends on the format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    which: Which = Field(default="accepted", title="Clips", description="Whose word it takes for a clip to leave")
    where: tuple[str, ...] = Field(
        default=(), title="Only where", description="Conditions as in the Library, for example motion>0.02; all must hold"
    )
    caption: str = Field(
        default="in_force",
        max_length=500,
        title="Caption",
        description="in_force, latest, longest, shortest, model=NAME, stage=NAME, role=NAME or author=NAME; several with"
        " weights make a mix, for example `longest*3, shortest*1`",
    )
    each: int = Field(
        default=1,
        ge=1,
        le=20,
        title="Captions a clip",
        description="Rows for each clip, drawn by weight from those of the mix",
    )
    validation: float = Field(
        default=0,
        ge=0,
        le=0.9,
        title="Held out for validation",
        description="Share of the source videos; no video is on both sides",
    )
    seed: int = Field(
        default=0, ge=0, le=2**31, title="Seed", description="Another seed draws another split and another mix"
    )

    @field_validator("caption")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        try:
            mix(value)
        except Usage as error:
            raise ValueError(str(error)) from None
        return value

    def split(self, video: str) -> str:
        """The side of the video with this SHA-256."""
        return VALIDATION if draw(self.seed, "split", video) < self.validation else TRAIN

    def parts(self) -> tuple[str, ...]:
        """The folders of the export: one for each side, or the export itself when nothing is held out."""
        return (TRAIN, VALIDATION) if self.validation else ("",)


@dataclass(frozen=True, slots=True)
class Wish:
    """One part of a mix."""

    selector: str
    weight: float


def mix(text: str) -> tuple[Wish, ...]:
    """Selectors with weights: "longest*3, shortest*1". Raises `Usage`."""
    return tuple(_wish(part.strip()) for part in text.split(",") if part.strip()) or (Wish("in_force", 1.0),)


def _wish(text: str) -> Wish:
    selector, star, weight = text.rpartition("*")
    selector = (selector if star else text).strip()
    known = selector in SELECTORS or re.fullmatch(rf"(?:{'|'.join(KINDS)})=\S.*", selector)
    if not known or (star and not re.fullmatch(r"\s*(?:\d+\.?\d*|\.\d+)\s*", weight)):
        raise Usage(f"{text!r} chooses no caption; write one of {', '.join(SELECTORS)}, with *WEIGHT in a mix")
    return Wish(selector, float(weight) if star else 1.0)


def choose(captions: Sequence[KeptCaption], in_force: int | None, wanted: Selection, *, key: str) -> list[int]:
    """Places of the captions that leave with the clip `key`, in the order they leave; none twice.

    Drawn without replacement, by weight (Efraimidis and Spirakis 2006: the largest `u ** (1 / weight)` come first)."""
    weights: dict[int, float] = {}
    for wish in mix(wanted.caption):
        place = _place(captions, in_force, wish.selector)
        if place is not None and captions[place].usable and wish.weight > 0:
            weights[place] = weights.get(place, 0.0) + wish.weight
    luck = {place: draw(wanted.seed, "caption", f"{key}|{place}") ** (1 / weight) for place, weight in weights.items()}
    return sorted(luck, key=lambda place: (-luck[place], place))[: wanted.each]


def _place(captions: Sequence[KeptCaption], in_force: int | None, selector: str) -> int | None:
    """The latest of those that fit, where several do."""
    if selector == "in_force":
        return in_force
    fitting = list(_fitting(captions, selector))
    if selector in ("longest", "shortest"):
        sign = 1 if selector == "longest" else -1
        return max(fitting, key=lambda place: (sign * len(captions[place].caption.text), place), default=None)
    return fitting[-1] if fitting else None


def _fitting(captions: Sequence[KeptCaption], selector: str) -> Iterator[int]:
    kind, _, name = selector.partition("=")
    for place, one in enumerate(captions):
        facts = {"model": one.caption.model, "stage": one.stage, "role": one.role, "author": one.caption.author.value}
        is_caption = one.role == "caption" or kind == "role"
        if one.usable and is_caption and (not name or facts[kind] == name):
            yield place


def draw(seed: int, what: str, about: str) -> float:
    """A number from 0 up to, not including, 1 that is the same every time, everywhere."""
    digits = hashlib.sha256(f"{seed}|{what}|{about}".encode()).digest()
    return int.from_bytes(digits[:6], "big") / 2**48

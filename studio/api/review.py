"""Review, the hot path: hand out clips, take decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from db import clips, decisions, notes, opinions, reviews, tags, views
from db.decisions import Conflict, Decided, Decision
from db.filters import ClipFilter, parse_where
from db.notes import Remark
from db.reviews import Progress
from db.views import ClipView
from studio import telling
from studio.auth import Who
from studio.languages import Told
from studio.page import Studio
from studio.words.below import Below


class Asked(BaseModel):
    """Some clips to work on."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(10, ge=0, le=50)
    without: list[int] = Field(default_factory=list, max_length=2000)
    where: list[str] = Field(default_factory=list, max_length=50)
    count: bool = True
    """Counting takes longer than lending once there are a hundred thousand clips: a desk asks for it now and then."""


class Choice(BaseModel):
    """A reason to choose from: as it is kept, and as it is shown."""

    about: str
    text: str
    label: str


class Lent(BaseModel):
    """Clips lent to who asked, and how far the reviewing is."""

    user: str
    clips: list[ClipView]
    progress: Progress | None
    reasons: list[Choice]


class Wish(BaseModel):
    """A decision as it comes over the line."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    clip_id: int
    version: int = Field(ge=0)
    action: Literal["accept", "reject", "skip", "edit", "revert", "undo"]
    reason: str = Field("", max_length=300)
    text: str = Field("", max_length=20_000)
    caption_id: int | None = None
    undoes: str = Field("", max_length=64)
    revert_to: int | None = None
    speed: Literal["", "triage", "claims", "full"] = ""
    seen_s: float | None = Field(None, ge=0, le=86_400)


class Said(BaseModel):
    """A remark as it comes over the line."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    clip_id: int
    kind: Literal["flag", "note", "wrong", "omitted"]
    text: str = Field("", max_length=notes.MOST_CHARACTERS)
    at_s: float | None = Field(None, ge=0, le=1e6)
    caption_id: int | None = None
    span: tuple[int, int] | None = None


class Unsaid(BaseModel):
    """A remark to take back."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    clip_id: int
    note: str = Field(max_length=64)


class Stuck(BaseModel):
    """A tag to stick on a clip, or to take off."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    clip_id: int
    tag: str = Field(max_length=200)
    on: bool = True


class Kept(BaseModel):
    """It is kept."""

    clip_id: int


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/review")

    @router.post("/claim")
    def claim(asked: Asked, who: Who, told: Told) -> Lent:
        with studio.store.write() as session:
            only = where(session, asked.where)
            lent = reviews.claim(session, who, limit=asked.limit, only=only, without=asked.without)
            lent = opinions.mixed_in(session, who, lent, limit=asked.limit, only=only, without=asked.without)
        with studio.store.read() as session:  # counting holds nobody up
            progress = reviews.progress(session, who, only=only) if asked.count else None
        return Lent(user=who, clips=telling.clips(lent, told), progress=progress, reasons=choices(told))

    @router.post("/decide")
    def decide(wish: Wish, who: Who, told: Told, response: Response) -> Decided | Conflict:
        with studio.store.write() as session:
            decision = Decision(**wish.model_dump())
            answer = opinions.decide(session, decision, who) or decisions.decide(session, decision, who)
            opinions.watch(session, decision, answer, who)
        if isinstance(answer, Conflict):
            response.status_code = 409
            return telling.conflict(answer, told)
        return answer

    @router.post("/note")
    def note(said: Said, who: Who) -> Kept:
        with studio.store.write() as session:
            notes.write(session, Remark(**said.model_dump()), who)
        return Kept(clip_id=said.clip_id)

    @router.post("/unnote")
    def unnote(unsaid: Unsaid, who: Who) -> Kept:
        with studio.store.write() as session:
            notes.take_back(session, unsaid.clip_id, unsaid.note, key=unsaid.key, by=who)
        return Kept(clip_id=unsaid.clip_id)

    @router.post("/tag")
    def tag(stuck: Stuck, who: Who) -> Kept:
        with studio.store.write() as session:
            one = [one_clip(session, stuck.clip_id).id]
            tags.add(session, one, stuck.tag, by=who) if stuck.on else tags.remove(session, one, stuck.tag)
        return Kept(clip_id=stuck.clip_id)

    @router.get("/tags")
    def known_tags() -> list[str]:
        with studio.store.read() as session:
            return list(tags.counted(session))

    @router.get("/reasons")
    def reasons(told: Told) -> list[Choice]:
        return choices(told)

    @router.get("/clip/{clip_id}")
    def clip(clip_id: int, told: Told) -> ClipView:
        with studio.store.read() as session:
            return telling.clip(one_clip(session, clip_id), told)

    return router


def where(session: Session, texts: Sequence[str]) -> ClipFilter:
    """The filter of these conditions, with the names this library knows."""
    return parse_where(texts, scores=clips.score_names(session), facts=clips.fact_names(session))


def one_clip(session: Session, clip_id: int) -> ClipView:
    found = views.describe(session, [clip_id])
    if not found:
        raise HTTPException(404, f"there is no clip {clip_id}")
    return found[0]


def choices(told: Below) -> list[Choice]:
    """Why a clip may be rejected, in the order of the digit keys."""
    return [Choice(about=one.about, text=one.text, label=told(one.text)) for one in reviews.REASONS]

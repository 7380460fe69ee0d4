"""Review, the hot path: hand out clips, take decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from db import clips, decisions, opinions, reviews, views
from db.decisions import Conflict, Decided, Decision
from db.filters import ClipFilter, parse_where
from db.reviews import Progress, Reason
from db.views import ClipView
from studio.auth import Who
from studio.page import Studio


class Asked(BaseModel):
    """Some clips to work on."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(10, ge=0, le=50)
    without: list[int] = Field(default_factory=list, max_length=2000)
    where: list[str] = Field(default_factory=list, max_length=50)


class Lent(BaseModel):
    """Clips lent to who asked, and how far the reviewing is."""

    user: str
    clips: list[ClipView]
    progress: Progress
    reasons: tuple[Reason, ...]


class Wish(BaseModel):
    """A decision as it comes over the line."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    clip_id: int
    version: int = Field(ge=0)
    action: Literal["accept", "reject", "skip", "edit", "undo"]
    reason: str = Field("", max_length=300)
    text: str = Field("", max_length=20_000)
    caption_id: int | None = None
    undoes: str = Field("", max_length=64)


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/review")

    @router.post("/claim")
    def claim(asked: Asked, who: Who) -> Lent:
        with studio.store.write() as session:
            only = where(session, asked.where)
            lent = reviews.claim(session, who, limit=asked.limit, only=only, without=asked.without)
            lent = opinions.mixed_in(session, who, lent, limit=asked.limit, only=only, without=asked.without)
        with studio.store.read() as session:  # counting holds nobody up
            progress = reviews.progress(session, who, only=only)
        return Lent(user=who, clips=lent, progress=progress, reasons=reviews.REASONS)

    @router.post("/decide")
    def decide(wish: Wish, who: Who, response: Response) -> Decided | Conflict:
        with studio.store.write() as session:
            decision = Decision(**wish.model_dump())
            answer = opinions.decide(session, decision, who) or decisions.decide(session, decision, who)
            opinions.watch(session, decision, answer, who)
        response.status_code = 409 if isinstance(answer, Conflict) else 200
        return answer

    @router.get("/reasons")
    def reasons() -> tuple[Reason, ...]:
        return reviews.REASONS

    @router.get("/clip/{clip_id}")
    def clip(clip_id: int) -> ClipView:
        with studio.store.read() as session:
            return one_clip(session, clip_id)

    return router


def where(session: Session, texts: Sequence[str]) -> ClipFilter:
    """The filter of these conditions, with the names this library knows."""
    return parse_where(texts, scores=clips.score_names(session), facts=clips.fact_names(session))


def one_clip(session: Session, clip_id: int) -> ClipView:
    found = views.describe(session, [clip_id])
    if not found:
        raise HTTPException(404, f"there is no clip {clip_id}")
    return found[0]

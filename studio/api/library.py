"""The Library: pages of clips, what they have in common, and one of them whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from db import clips, paging, tags
from db.views import ClipView
from db.whole import Whole, whole
from pipelines.errors import Usage
from studio import telling
from studio.api.review import where
from studio.languages import Told
from studio.page import Studio

Where = Annotated[list[str], Query(max_length=50)]
COUNTED = 10_000
"""Clips are counted up to here at once; the whole number may take its time."""


class Shelf(BaseModel):
    """A page of clips; on the first one also how many there are, counted up to `COUNTED`."""

    clips: list[ClipView]
    after: str | None
    count: int | None


class Facets(BaseModel):
    """What the whole library holds, for the filter bar."""

    count: int
    verdict: dict[str, int]
    review: dict[str, int]
    reasons: list[tuple[str, int, str]]
    """Why clips were dropped: as it is kept, how often, and as it is shown."""
    tags: dict[str, int]
    scores: list[str]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/library")
    store = studio.store

    @router.get("/clips")
    def shelf(
        told: Told,
        where_: Annotated[Where, Query(alias="where")] = [],  # noqa: B006
        after: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 60,
        sort: Annotated[str, Query(max_length=64)] = paging.NEWEST,
    ) -> Shelf:
        with store.read() as session:
            wanted = where(session, where_)
            page = clips.page(session, wanted, sort=known_order(session, sort), after=after, limit=limit)
            count = clips.count(session, wanted, most=COUNTED) if after is None else None
        return Shelf(clips=telling.clips(page.clips, told), after=page.after, count=count)

    @router.get("/count")
    def count(where_: Annotated[Where, Query(alias="where")] = []) -> int:  # noqa: B006
        with store.read() as session:
            return clips.count(session, where(session, where_))

    @router.get("/facets")
    def facets(told: Told) -> Facets:
        with store.read() as session:
            tallies = clips.tallies(session)
            count = sum(tallies["review"].values())
            known = tags.counted(session)
            reasons = [(reason, number, told(reason)) for reason, number in clips.reasons(session)]
            return Facets(count=count, reasons=reasons, tags=known, scores=clips.score_names(session), **tallies)

    @router.get("/clip/{clip_id}")
    def clip(clip_id: int, told: Told) -> Whole:
        with store.read() as session:
            found = whole(session, clip_id)
        if found is None:
            raise HTTPException(404, f"there is no clip {clip_id}")
        history = tuple(telling.happening(one, told) for one in found.history)
        return replace(found, clip=telling.clip(found.clip, told), history=history)

    return router


def known_order(session: Session, sort: str) -> str:
    """An order there is: one with a name, or by a score. Raises `Usage`."""
    named = (paging.NEWEST, paging.OLDEST, paging.DECIDED, *paging.SYNONYMS)
    if sort not in named and sort.removeprefix("-") not in clips.score_names(session):
        raise Usage(
            f"clips cannot be ordered by {sort!r}; use {', '.join(named)}, or a score, with - before it highest first"
        )
    return sort

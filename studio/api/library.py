"""The Library: pages of clips, what they have in common, and the rules that keep or drop them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from db import clips, judging, paging, runs, saved, tags
from db.clips import Histogram
from db.judging import Applied, InForce, Preview
from db.saved import View
from db.views import ClipView
from db.whole import Whole, whole
from pipelines.errors import Usage
from pipelines.records import Rule
from studio import telling
from studio.api.review import where
from studio.auth import Who, person
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


class NewView(BaseModel):
    """A filter and an order to keep under a name."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    where: list[str] = Field(default_factory=list, max_length=50)
    sort: str = Field(paging.NEWEST, max_length=64)
    shared: bool = False


class Measured(BaseModel):
    """A score, how it lies, and the rule on it, if there is one."""

    histogram: Histogram
    rule: InForce | None


class Changes(BaseModel):
    """Rules to put in force, or to try."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field("", max_length=64)
    changes: list[Rule] = Field(max_length=50)


class Back(BaseModel):
    """A change of rules to take back."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    of: str = Field(max_length=64)


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
        return replace(found, clip=telling.clip(found.clip, told))

    @router.get("/views")
    def views(who: Who) -> list[View]:
        with store.read() as session:
            return saved.seen_by(session, who)

    @router.post("/views", status_code=201)
    def save(view: NewView, who: Who) -> View:
        with store.write() as session:
            where(session, view.where)
            sort = known_order(session, view.sort)
            return saved.save(session, view.name, by=who, where=view.where, sort=sort, shared=view.shared)

    @router.post("/views/{view_id}/forget")
    def forget(view_id: int, request: Request) -> dict[str, int]:
        me = person(request)
        with store.write() as session:
            saved.forget(session, view_id, by=me.name, any_owner=me.role == "admin")
        return {"forgotten": view_id}

    @router.get("/rules")
    def rules() -> list[Measured]:
        with store.read() as session:
            known = {found.rule.score: found for found in judging.in_force(session)}
            names = sorted({*clips.score_names(session), *known}, key=lambda name: (name not in known, name))
            return [Measured(histogram=clips.histogram(session, name), rule=known.get(name)) for name in names]

    @router.post("/preview")
    def preview(asked: Changes, told: Told) -> Preview:
        with store.read() as session:
            found = judging.preview(session, asked.changes)
        return replace(found, reasons=tuple((told(reason), count) for reason, count in found.reasons))

    @router.post("/apply")
    def apply(asked: Changes, who: Who) -> Applied:
        with store.write() as session:
            applied = judging.apply(session, asked.changes, by=who, key=asked.key)
            runs.rules_moved(session)
            return applied

    @router.post("/put-back")
    def put_back(asked: Back, who: Who) -> Applied:
        with store.write() as session:
            applied = judging.put_back(session, asked.of, by=who, key=asked.key)
            runs.rules_moved(session)
            return applied

    return router


def known_order(session: Session, sort: str) -> str:
    """An order there is: one with a name, or by a score. Raises `Usage`."""
    named = (paging.NEWEST, paging.OLDEST, paging.DECIDED, *paging.SYNONYMS)
    if sort not in named and sort.removeprefix("-") not in clips.score_names(session):
        raise Usage(
            f"clips cannot be ordered by {sort!r}; use {', '.join(named)}, or a score, with - before it highest first"
        )
    return sort

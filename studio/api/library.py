"""The Library: pages of clips, what they have in common, and the rules that keep or drop them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from db import clips, judging, runs
from db.clips import Happening, Histogram
from db.judging import Applied, InForce, Preview
from db.views import ClipView
from pipelines.records import Rule
from studio.api.review import one_clip, where
from studio.auth import Who
from studio.page import Studio

Where = Annotated[list[str], Query(max_length=50)]


class Shelf(BaseModel):
    """A page of clips; on the first one also how many there are."""

    clips: list[ClipView]
    after: int | None
    count: int | None


class Facets(BaseModel):
    """What the whole library holds, for the filter bar."""

    count: int
    verdict: dict[str, int]
    review: dict[str, int]
    reasons: list[tuple[str, int]]


class Whole(BaseModel):
    """A clip and what happened to it."""

    clip: ClipView
    history: list[Happening]


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
        where_: Annotated[Where, Query(alias="where")] = [],  # noqa: B006
        after: int | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 60,
        sort: Literal["newest", "oldest"] = "newest",
    ) -> Shelf:
        with store.read() as session:
            wanted = where(session, where_)
            page = clips.page(session, wanted, after=after, limit=limit, newest=sort == "newest")
            count = clips.count(session, wanted) if after is None else None
        return Shelf(clips=page.clips, after=page.after, count=count)

    @router.get("/facets")
    def facets() -> Facets:
        with store.read() as session:
            tallies = clips.tallies(session)
            count = sum(tallies["review"].values())
            return Facets(count=count, reasons=clips.reasons(session), **tallies)

    @router.get("/clip/{clip_id}")
    def clip(clip_id: int) -> Whole:
        with store.read() as session:
            return Whole(clip=one_clip(session, clip_id), history=clips.history(session, clip_id))

    @router.get("/rules")
    def rules() -> list[Measured]:
        with store.read() as session:
            known = {found.rule.score: found for found in judging.in_force(session)}
            names = sorted({*clips.score_names(session), *known}, key=lambda name: (name not in known, name))
            return [Measured(histogram=clips.histogram(session, name), rule=known.get(name)) for name in names]

    @router.post("/preview")
    def preview(asked: Changes) -> Preview:
        with store.read() as session:
            return judging.preview(session, asked.changes)

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

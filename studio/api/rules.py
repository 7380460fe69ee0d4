"""The rules that keep or drop clips: as they are, tried, put in force, and put back."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from db import clips, judging, runs
from db.clips import Histogram
from db.judging import Applied, InForce, Preview
from pipelines.records import Rule
from studio.auth import Who
from studio.languages import Told
from studio.page import Studio


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

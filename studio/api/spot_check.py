"""Spot checks: plans in plain words, samples that are drawn, lots that are accepted, rejected and taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from db import clips, runs, sampling, spotchecks, verdicts
from db.models import Sample
from db.sampling import Outlook, Wish
from db.stats.sequential import Lines
from db.strata import CHECKED, DIVISIONS
from db.verdicts import Card
from studio.auth import Who, person
from studio.page import Studio


def _lead(request: Request) -> str:
    who = person(request)
    if who.role not in ("lead", "admin"):
        raise HTTPException(403, f"{who.name} may review; whole lots and differences are decided by a lead")
    return who.name


Lead = Annotated[str, Depends(_lead)]
"""In a route's parameters: the name of a lead who sent the request; others are refused."""


class Asked(BaseModel):
    """A plan as the form describes it; see `db.sampling.Wish`."""

    model_config = ConfigDict(extra="forbid")
    where: list[str] = Field(default_factory=list, max_length=50)
    design: Literal["random", "stratified", "risk"] = "random"
    by: str = Field("", max_length=80)
    limit: float = Field(0.05, gt=0, lt=1)
    confidence: float = Field(0.95, ge=0.5, lt=1)
    allowed: int = Field(0, ge=0, le=40)
    good: float = Field(0.01, ge=0, lt=1)
    sequential: bool = False
    edits_are_bad: bool = True
    gold: int = Field(0, ge=0, le=200)
    name: str = Field("", max_length=120)

    def wish(self) -> Wish:
        return Wish(**{**self.model_dump(), "where": tuple(self.where)})


class Draw(BaseModel):
    """A sample to draw, once for each key."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    plan: Asked


class Step(BaseModel):
    """Something to do with a lot, once for each key."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    note: str = Field("", max_length=500)


class Check(BaseModel):
    """A spot check and how it stands."""

    id: int
    name: str
    plan: dict[str, Any]
    seed: int
    lot_size: int
    allowed: int
    state: str
    note: str
    by: str
    created_at: float
    decided_by: str | None
    decided_at: float | None
    card: Card | dict[str, Any]
    lines: Lines | None
    accepted: int
    """Clips that stand accepted unseen because of it."""


class Desk(BaseModel):
    """All there are, and what a new one may choose from."""

    checks: list[Check]
    runs: list[tuple[int, str]]
    scores: list[str]
    divisions: list[str]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/spot-check")
    store = studio.store

    @router.get("")
    def desk() -> Desk:
        with store.read() as session:
            checks = [view(session, sample) for sample in spotchecks.recent(session)]
            scores = [*clips.score_names(session), CHECKED]
            known = [(run.id, run.recipe) for run in runs.recent(session)]
        return Desk(checks=checks, runs=known, scores=scores, divisions=list(DIVISIONS))

    @router.post("/outlook")
    def outlook(asked: Asked) -> Outlook:
        with store.read() as session:
            return sampling.outlook(session, asked.wish())

    @router.post("", status_code=201)
    def draw(asked: Draw, who: Who) -> Check:
        with store.write() as session:
            number = spotchecks.draw(session, asked.plan.wish(), by=who, key=asked.key)
            return view(session, session.get_one(Sample, number))

    @router.post("/{sample_id}/{step}")
    def act(sample_id: int, step: Literal["accept", "reject", "take-back", "close"], asked: Step, who: Lead) -> Check:
        with store.write() as session:
            if step == "accept":
                spotchecks.accept(session, sample_id, by=who, key=asked.key)
            elif step == "reject":
                spotchecks.reject(session, sample_id, by=who, key=asked.key, note=asked.note)
            elif step == "take-back":
                spotchecks.take_back(session, sample_id, by=who, key=asked.key)
            else:
                spotchecks.close(session, sample_id, by=who, key=asked.key)
            return view(session, session.get_one(Sample, sample_id))

    return router


def view(session: Session, sample: Sample) -> Check:
    """As it stands, or as it stood when it was decided."""
    wish = verdicts.wish_of(sample)
    return Check(
        id=sample.id,
        name=sample.name,
        plan=sample.plan,
        seed=sample.seed,
        lot_size=sample.lot_size,
        allowed=sample.allowed,
        state=sample.state,
        note=sample.note,
        by=sample.by,
        created_at=sample.created_at,
        decided_by=sample.decided_by,
        decided_at=sample.decided_at,
        card=sample.verdict or verdicts.card(session, sample),
        lines=wish.lines(sample.lot_size) if wish.sequential else None,
        accepted=spotchecks.count(session, sample.id) if sample.state == "accepted" else 0,
    )

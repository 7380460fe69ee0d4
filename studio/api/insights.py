"""Insights: figures about the whole library, a request for each part of the page, so that none waits for another."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from db import clips, insights, judging
from db.clips import Histogram
from db.insights import Copies, Day, Lengths, OfRun, Received, Words
from db.judging import InForce
from studio import telling
from studio.languages import Told
from studio.page import Studio

BINS = 40


class Reception(BaseModel):
    """How people received what there is, by what it came from; and why they rejected."""

    by: dict[str, list[Received]]
    reasons: list[tuple[str, int]]


class Captions(BaseModel):
    """How captions read."""

    lengths: Lengths
    words: Words
    copies: Copies


class OneScore(BaseModel):
    """How a score lies, the rule on it, and how it differs from run to run."""

    histogram: Histogram
    rule: InForce | None
    runs: list[OfRun]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/insights")
    store = studio.store

    @router.get("/days")
    def days() -> list[Day]:
        with store.read() as session:
            return insights.days(session)

    @router.get("/reception")
    def reception(told: Told) -> Reception:
        with store.read() as session:
            found = {by: insights.received(session, by) for by in insights.KINDS}
            reasons = [(telling.reason(text, told) or "", count) for text, count in insights.refusals(session)]
            return Reception(by=found, reasons=reasons)

    @router.get("/captions")
    def captions() -> Captions:
        with store.read() as session:
            lengths, words = insights.lengths(session), insights.words(session)
            return Captions(lengths=lengths, words=words, copies=insights.copies(session))

    @router.get("/scores")
    def scores() -> list[str]:
        with store.read() as session:
            return clips.score_names(session)

    @router.get("/score/{name}")
    def score(name: str) -> OneScore:
        with store.read() as session:
            rules = {found.rule.score: found for found in judging.in_force(session)}
            histogram = clips.histogram(session, name, bins=BINS)
            return OneScore(histogram=histogram, rule=rules.get(name), runs=insights.by_run(session, name))

    return router

"""The first steps of somebody new: queue, review, export. Where they stand is read from what is there; nothing is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db import exports, reviews, runs
from db.exports import ExportView
from db.models import Clip, Export, Run
from db.progress import Progress
from db.progress import of as progress_of

ENOUGH = 3
"""Decisions before a first export makes sense."""
MOST_DECIDED = 20
FRESH_S = 24 * 3600.0
"""Beyond either, or with a second run or export, a studio is in use, and nobody has to be led around it."""
DECIDED = ("accepted", "rejected", "skipped")


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """Where somebody new stands."""

    step: str
    """start, queue, review, export or done"""
    run: Progress | None = None
    waiting: int = 0
    """Clips to review, as far as they matter here."""
    decided: int = 0
    accepted: int = 0
    wanted: int = ENOUGH
    """Decisions before the export; fewer when there are no more clips."""
    export: ExportView | None = None


def look(session: Session, *, now: float | None = None) -> FirstSteps | None:
    """The step that comes next; None in a studio that is in use."""
    match runs.recent(session, 2):
        case []:
            return None if _count(session, 1) else FirstSteps("start")
        case [run] if not _in_use(session, run, time.time() if now is None else now):
            return _standing(session, run)
    return None


def _in_use(session: Session, run: Run, now: float) -> bool:
    many_exports = len(session.scalars(select(Export.id).limit(2)).all()) > 1
    return many_exports or now - run.created_at > FRESH_S or _count(session, MOST_DECIDED + 1, _is(*DECIDED)) > MOST_DECIDED


def _standing(session: Session, run: Run) -> FirstSteps:
    waiting = _count(session, ENOUGH, *reviews.reviewable(), _is("waiting"))
    decided, accepted = _count(session, MOST_DECIDED, _is(*DECIDED)), _count(session, MOST_DECIDED, _is("accepted"))
    ended = run.state in ("done", "cancelled")
    wanted = min(ENOUGH, waiting + decided) if ended else ENOUGH
    export = next(iter(exports.recent(session, 1)), None)
    told: dict[str, Any] = {
        "run": progress_of(session, run), "waiting": waiting, "decided": decided, "accepted": accepted, "wanted": wanted,
        "export": export,
    }  # fmt: skip
    if export and export.state == "done":
        return FirstSteps("done", **told)
    if accepted and decided >= wanted:
        return FirstSteps("export", **told)
    return FirstSteps("review" if decided or waiting >= max(wanted, 1) else "queue", **told)


def _count(session: Session, most: int, *conditions: ColumnElement[bool]) -> int:
    """How many clips, counted no further than `most`."""
    few = select(Clip.id).where(*conditions).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def _is(*reviews: str) -> ColumnElement[bool]:
    return Clip.review.in_(reviews)

"""Clips that somebody is asked to review first: a filter, a run's clips, a few clips."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import clips
from db.filters import ClipFilter, parse_where
from db.models import Assignment
from pipelines.errors import Usage


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    person: str
    where: tuple[str, ...]
    note: str
    by: str
    at: float
    left: int
    """Clips of it that wait for review; counted up to a thousand."""


def assign(session: Session, person: str, where: Sequence[str], *, note: str = "", by: str) -> int:
    """Ask somebody to review the clips that fit. Raises `Usage` for conditions nobody understands."""
    if not person.strip():
        raise Usage("say whom these clips are for")
    _filter(session, where)
    row = Assignment(person=person.strip(), where=list(where), note=note.strip(), by=by, created_at=time.time())
    session.add(row)
    session.flush()
    return row.id


def drop(session: Session, assignment_id: int) -> None:
    """Take an assignment back; what was decided stays."""
    gone = session.scalar(delete(Assignment).where(Assignment.id == assignment_id).returning(Assignment.id))
    if gone is None:
        raise Usage(f"there is no assignment {assignment_id}")


def everyones(session: Session) -> list[Task]:
    """All of them, by person, with what is left to do."""
    rows = session.scalars(select(Assignment).order_by(Assignment.person, Assignment.id))
    return [
        Task(row.id, row.person, tuple(row.where), row.note, row.by, row.created_at, _left(session, row)) for row in rows
    ]


def filters(session: Session, person: str) -> list[ClipFilter]:
    """What somebody is asked to review, oldest first."""
    rows = session.scalars(select(Assignment).where(Assignment.person == person).order_by(Assignment.id))
    return [_filter(session, row.where) for row in rows]


def _left(session: Session, row: Assignment) -> int:
    waiting = ClipFilter(verdict=("kept",), review=("waiting",))
    return clips.count(session, _filter(session, row.where).joined(waiting), most=1000)


def _filter(session: Session, where: Sequence[str]) -> ClipFilter:
    return parse_where(where, scores=clips.score_names(session), facts=clips.fact_names(session))

"""Single things that somebody waits for: asked for here, done by a worker, looked at until they have ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, select, update
from sqlalchemy.orm import Session

from db import queue
from db.models import Errand, Job
from db.queue import Item
from pipelines.errors import Usage

PRIORITY = 100
"""A person waits for it: before any stage of a run."""
_ITS_JOB = (Job.stage == Errand.kind) & (Job.item == cast(Errand.id, String))
_WITH_JOBS = select(Errand, Job.state, Job.error).outerjoin(Job, _ITS_JOB)


@dataclass(frozen=True, slots=True)
class ErrandView:
    """An errand and how far it is."""

    id: int
    kind: str
    wish: dict[str, Any]
    state: str
    """waiting, working, done, failed, cancelled"""
    total: int
    done: int
    answer: dict[str, Any]
    error: str | None

    @property
    def has_ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


def create(session: Session, kind: str, wish: dict[str, Any], *, label: str, by: str = "") -> int:
    """Ask a worker for it; its number."""
    row = Errand(kind=kind, wish=wish, by=by, created_at=time.time())
    session.add(row)
    session.flush()
    queue.add(session, None, kind, [Item(str(row.id), label)], priority=PRIORITY)
    return row.id


def view(session: Session, errand_id: int) -> ErrandView:
    """How far it is; failed as well when its job ended without a word, because its workers died. Raises `Usage`."""
    row = session.execute(_WITH_JOBS.where(Errand.id == errand_id)).first()
    if row is None:
        raise Usage(f"there is no errand {errand_id}")
    return _view(*row)


def recent(session: Session, kind: str, *, limit: int = 100) -> list[ErrandView]:
    """The latest of a kind, newest first."""
    rows = session.execute(_WITH_JOBS.where(Errand.kind == kind).order_by(Errand.id.desc()).limit(limit))
    return [_view(*row) for row in rows]


def _view(errand: Errand, job_state: str | None, job_error: str | None) -> ErrandView:
    lost = errand.state in ("waiting", "working") and job_state in ("failed", "cancelled")
    state, error = (str(job_state), job_error) if lost else (errand.state, errand.error)
    return ErrandView(errand.id, errand.kind, errand.wish, state, errand.total, errand.done, errand.answer, error)


def progress(session: Session, errand_id: int, done: int, total: int) -> None:
    _set(session, errand_id, state="working", done=done, total=total)


def finish(session: Session, errand_id: int, answer: dict[str, Any]) -> None:
    _set(session, errand_id, state="done", answer=answer, ended_at=time.time())


def fail(session: Session, errand_id: int, reason: str) -> None:
    _set(session, errand_id, state="failed", error=reason, ended_at=time.time())


def cancel(session: Session, errand_id: int) -> None:
    """Nobody waits for it any more: a worker that has it drops it within a second or two."""
    open_ = Job.item == str(errand_id), Job.stage.in_(select(Errand.kind).where(Errand.id == errand_id))
    states = Job.state.in_(("ready", "leased"))
    session.execute(update(Job).where(*open_, states).values(state="cancelled", ended_at=time.time()))


def _set(session: Session, errand_id: int, **values: Any) -> None:
    session.execute(update(Errand).where(Errand.id == errand_id).values(**values))

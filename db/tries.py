"""Noting tries that came to nothing."""

from __future__ import annotations

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Job, Try

MOST_TRACE = 20_000
"""Characters of a trace; its end says most."""


def note(session: Session, job_id: int, how: str, *, kind: str = "", reason: str = "", trace: str = "") -> None:
    """Keep what became of the try that a worker had. Alike ones in a row, of a server that is away, become one."""
    job, now = session.get_one(Job, job_id), time.time()
    last = session.scalars(select(Try).where(Try.job_id == job_id).order_by(Try.id.desc()).limit(1)).first()
    if last is not None and (last.how, last.reason, last.worker) == (how, reason, job.worker) and how == "put off":
        last.times, last.ended_at = last.times + 1, now
        return
    row = Try(job_id=job_id, how=how, worker=job.worker, started_at=job.started_at, ended_at=now)
    row.kind, row.reason, row.trace = kind, reason, trace[-MOST_TRACE:]
    session.add(row)

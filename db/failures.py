"""Items that did not make it: why, how many for one reason, and all that is kept about one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import imports
from db.models import Job
from pipelines.errors import Usage


@dataclass(frozen=True, slots=True)
class Reason:
    """What failed of one stage for one reason: how many, and the first of them."""

    stage: str
    kind: str
    reason: str
    count: int
    items: tuple[tuple[int | None, str], ...]
    """Job and label; rows of a list have no job of their own."""


@dataclass(frozen=True, slots=True)
class Details:
    """All that is kept about one item."""

    job_id: int
    run_id: int | None
    stage: str
    label: str
    state: str
    attempts: int
    losses: int
    worker: str | None
    queued_at: float
    ended_at: float | None
    waits_until: float | None
    kind: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that did not make it, and why."""

    job_id: int
    stage: str
    label: str
    kind: str
    reason: str


def listed(session: Session, run_id: int, limit: int = 200) -> list[Failure]:
    """Items that failed, those of one reason together."""
    failed = select(Job).where(Job.run_id == run_id, Job.state == "failed").order_by(Job.error_kind, Job.id).limit(limit)
    return [Failure(job.id, job.stage, job.label, job.error_kind or "", job.error or "") for job in session.scalars(failed)]


def reasons(session: Session, run_id: int, *, examples: int = 20) -> list[Reason]:
    """Why items failed, the most frequent reason first; behind them the rows of lists that became no clip."""
    failed = (Job.run_id == run_id, Job.state == "failed")
    alike = (Job.stage, Job.error_kind, Job.error)
    rows = session.execute(select(*alike, func.count()).where(*failed).group_by(*alike).order_by(func.count().desc()))
    found = [_reason(session, run_id, *row, examples=examples) for row in rows.tuples().all()]
    if rows_lost := imports.count_unmatched(session, run_id):
        items = tuple((None, words) for words in imports.unmatched(session, run_id, examples))
        found.append(Reason(imports.STAGE, "no_frames", imports.NO_FRAMES, rows_lost, items))
    return found


def _reason(
    session: Session, run_id: int, stage: str, kind: str | None, error: str | None, count: int, *, examples: int
) -> Reason:
    same = (Job.run_id == run_id, Job.state == "failed", Job.stage == stage, Job.error_kind.is_(kind), Job.error.is_(error))
    items = session.execute(select(Job.id, Job.label).where(*same).order_by(Job.id).limit(examples)).tuples()
    return Reason(stage, kind or "", error or "", count, tuple((job_id, label) for job_id, label in items))


def details(session: Session, job_id: int) -> Details:
    """One item, whole. Raises `Usage` when there is none."""
    job = session.get(Job, job_id)
    if job is None:
        raise Usage(f"there is no item {job_id}")
    waits = job.not_before if job.state == "ready" and job.not_before > time.time() else None
    return Details(
        job.id, job.run_id, job.stage, job.label, job.state, job.attempt, job.losses, job.lease_owner, job.created_at,
        job.ended_at, waits, job.error_kind, job.error,
    )  # fmt: skip

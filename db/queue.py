"""The durable queue: jobs are claimed under leases and finished by token.

    ready ──claim──▶ leased ──finish──▶ done
      ▲                │ ├───fail─────▶ failed ──retry──▶ ready
      └──lease ran out─┘ └───cancel───▶ cancelled

A worker that was frozen or thought dead finds its token outdated and its results are thrown away: at least once in
execution, exactly once in effect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.orm import Session

from db import tries, workers
from db.models import Job, Run, Worker

LEASE_S = workers.HEARD_S
HEARTBEAT_S = 5.0
WORKER_LOST = "the worker died {} times while working on it; look at the file, then retry"
MOST_TRIES = 40
"""A job that something outside kept from being done this often is not tried again by itself."""
RUN_PRIORITY = 100
"""So far apart are the jobs of an urgent run and of others; more than a recipe has stages."""
MOST_LOSSES = 3
"""A job that took this many workers down with it is not tried again by itself."""


class LeaseLost(Exception):
    """Somebody else holds the job now; whatever was computed must not be stored."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A claimed job, and the token that proves it."""

    job_id: int
    token: int
    run_id: int | None
    stage: str
    item: str
    label: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be worked on: as the stage understands it, and in words for people."""

    item: str
    label: str


def add(
    session: Session, run: Run | None, stage: str, items: Iterable[Item], *, priority: int = 0, done: bool = False
) -> None:
    """Queue items for a stage; those already queued in this run are left as they are."""
    now = time.time()
    priority += RUN_PRIORITY * run.priority if run else 0
    state = "done" if done else "paused" if run is not None and run.state == "paused" else "ready"
    rows = [
        {
            "run_id": run.id if run else None, "stage": stage, "item": item.item, "label": item.label, "state": state,
            "priority": priority, "created_at": now, "ended_at": now if done else None,
        }
        for item in items
    ]  # fmt: skip
    if rows:
        statement = insert_or(Job).on_conflict_do_nothing() if run else insert(Job)
        session.execute(statement, rows)


def add_failed(session: Session, run: Run, stage: str, item: Item, *, kind: str, reason: str) -> None:
    """Note an item that cannot even be tried, so that it is shown with its reason among the others."""
    row = {"run_id": run.id, "stage": stage, "item": item.item, "label": item.label, "state": "failed"}
    now = time.time()
    statement = insert_or(Job).values(**row, error_kind=kind, error=reason, created_at=now, ended_at=now)
    session.execute(statement.on_conflict_do_nothing())


def claim(
    session: Session, worker: str, *, most: Callable[[str], int] = lambda stage: 1, without: Collection[str] = ()
) -> list[Lease]:
    """Take jobs of one run and stage, the most urgent first; `most` says how many of a stage are done at once.

    Stages in `without` are for other workers: those that hold the model."""
    now = time.time()
    open_jobs = (Job.state == "ready") & (Job.not_before <= now) & Job.stage.not_in(without)
    first = session.scalars(select(Job).where(open_jobs).order_by(Job.priority.desc(), Job.id).limit(1)).first()
    if first is None:
        return []
    alike = (Job.run_id == first.run_id) if first.run_id is not None else (Job.id == first.id)
    wanted = select(Job.id).where(open_jobs, alike, Job.stage == first.stage).order_by(Job.id).limit(most(first.stage))
    taken = session.execute(
        update(Job)
        .where(Job.id.in_(wanted))
        .values(state="leased", attempt=Job.attempt + 1, lease_owner=worker, lease_token=Job.lease_token + 1)
        .values(lease_until=now + LEASE_S, error_kind=None, error=None, worker=worker, started_at=now)
        .returning(Job.id, Job.lease_token, Job.run_id, Job.stage, Job.item, Job.label)
    )
    return sorted((Lease(*row) for row in taken), key=lambda lease: lease.job_id)


def claim_more(session: Session, worker: str, like: Lease, most: int, *, stages: Collection[str] = ()) -> list[Lease]:
    """Take further jobs of the same run, of its stage or of one of `stages`, as long as nothing more urgent waits."""
    now = time.time()
    open_jobs = (Job.state == "ready") & (Job.not_before <= now)
    top = session.scalars(select(Job).where(open_jobs).order_by(Job.priority.desc(), Job.id).limit(1)).first()
    if top is None or top.run_id != like.run_id or top.stage not in (like.stage, *stages):
        return []
    return claim(session, worker, most=lambda _: most)


def beat(
    session: Session,
    worker: str,
    leases: Sequence[Lease],
    *,
    model_busy: float | None = None,
    gpus: list[float] | None = None,
) -> None:
    """Say that the worker lives, how busy it is, and that it still holds its leases."""
    now = time.time()
    known = {"seen_at": now, "model_busy": model_busy, "gpus_busy": gpus}
    session.execute(update(Worker).where(Worker.id == worker).values(**known))
    for lease in leases:
        session.execute(update(Job).where(_held(lease)).values(lease_until=now + LEASE_S))


def lost(session: Session, leases: Sequence[Lease]) -> set[int]:
    """Ids of jobs among `leases` that were cancelled or went to another worker."""
    rows = session.execute(
        select(Job.id, Job.lease_token, Job.state).where(Job.id.in_([lease.job_id for lease in leases]))
    ).all()
    held = {job_id: token for job_id, token, state in rows if state == "leased"}
    return {lease.job_id for lease in leases if held.get(lease.job_id) != lease.token}


def check(session: Session, lease: Lease) -> None:
    """Raise `LeaseLost` unless the job is still held: part of a result must not be stored by a worker that lost it."""
    if session.scalar(select(Job.id).where(_held(lease))) is None:
        raise LeaseLost(f"{lease.stage} {lease.label}")


def finish(session: Session, lease: Lease) -> None:
    """Mark the job done. Raises `LeaseLost` when it is no longer held, which rolls back what was stored with it."""
    _end(session, lease, state="done")


def fail(session: Session, lease: Lease, *, kind: str, reason: str, trace: str = "") -> None:
    """Mark the job failed, with a reason for people, and for whoever runs this where it went wrong. Raises `LeaseLost`."""
    _end(session, lease, state="failed", error_kind=kind, error=reason)
    tries.note(session, lease.job_id, "failed", kind=kind, reason=reason, trace=trace)


def postpone(session: Session, lease: Lease, *, seconds: float, reason: str) -> None:
    """Give the job back for later, because of something that is not its fault (a full disk). Burns no attempt."""
    given_back = session.scalars(
        update(Job)
        .where(_held(lease))
        .values(state=_open_state(session, lease), attempt=Job.attempt - 1, lease_owner=None, lease_until=None)
        .values(not_before=time.time() + seconds, error_kind="postponed" if seconds else None, error=reason or None)
        .returning(Job.id)
    ).all()
    if given_back and seconds:
        tries.note(session, lease.job_id, "put off", reason=reason)


def try_later(session: Session, lease: Lease, *, seconds: float, reason: str) -> bool:
    """Give the job back for later, because something outside is away; after many tries it fails with the reason.

    Whether it will be tried again. Raises `LeaseLost`."""
    job = session.scalar(select(Job).where(_held(lease)))
    if job is None or job.attempt >= MOST_TRIES:
        fail(session, lease, kind="away", reason=reason)
        return False
    later = {"lease_owner": None, "lease_until": None, "not_before": time.time() + seconds}
    state = _open_state(session, lease)
    session.execute(update(Job).where(_held(lease)).values(state=state, error_kind="postponed", error=reason, **later))
    tries.note(session, lease.job_id, "put off", reason=reason)
    return True


def release(session: Session, leases: Sequence[Lease]) -> None:
    """Give jobs back at once, as a worker does that is asked to stop. Burns no attempt."""
    for lease in leases:
        postpone(session, lease, seconds=0, reason="")


@dataclass(frozen=True, slots=True)
class Reaped:
    """What became of jobs whose workers died."""

    taken_back: int
    given_up: tuple[Lease, ...]
    """Those that failed instead, because they had cost too many workers."""


def reap(session: Session) -> Reaped:
    """Take back jobs whose lease ran out or whose worker, on this machine, is no more.

    One that lost too many workers fails instead of going on for ever.
    """
    now = time.time()
    ours = session.scalars(select(Worker).where(Worker.host == workers.here()))
    dead = [worker.id for worker in ours if not workers.lives(worker.pid)]
    orphaned = or_(Job.lease_until < now, Job.lease_owner.in_(dead))
    stale = session.scalars(select(Job).where(Job.state == "leased", orphaned)).all()
    for job in stale:
        _take_back(session, job)
    session.execute(delete(Worker).where(or_(Worker.seen_at < now - 10 * LEASE_S, Worker.id.in_(dead))))
    failed = tuple(_lease(job) for job in stale if job.state == "failed")
    return Reaped(len(stale) - len(failed), failed)


def _lease(job: Job) -> Lease:
    return Lease(job.id, job.lease_token, job.run_id, job.stage, job.item, job.label)


def _take_back(session: Session, job: Job) -> None:
    job.losses += 1
    tries.note(session, job.id, "worker lost")
    job.lease_owner = job.lease_until = None
    if job.losses >= MOST_LOSSES:
        job.state, job.error_kind, job.ended_at = "failed", "worker_lost", time.time()
        job.error = WORKER_LOST.format(job.losses)
    else:
        run = session.get(Run, job.run_id) if job.run_id else None
        job.state = "paused" if run is not None and run.state == "paused" else "ready"


def _held(lease: Lease) -> ColumnElement[bool]:
    return (Job.id == lease.job_id) & (Job.lease_token == lease.token) & (Job.state == "leased")


def _open_state(session: Session, lease: Lease) -> str:
    run = session.get(Run, lease.run_id) if lease.run_id else None
    return "paused" if run is not None and run.state == "paused" else "ready"


def _end(session: Session, lease: Lease, *, state: str, error_kind: str | None = None, error: str | None = None) -> None:
    held = session.execute(
        update(Job)
        .where(_held(lease))
        .values(state=state, error_kind=error_kind, error=error, lease_owner=None, lease_until=None, ended_at=time.time())
        .returning(Job.id)
    ).all()
    if not held:
        raise LeaseLost(f"{lease.stage} {lease.label}")

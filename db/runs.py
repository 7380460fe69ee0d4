"""Runs: a person's request from the first file to the last caption, and how far it is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import duplicates, flow, queue
from db.models import Clip, Job, Run, Video
from db.names import pack, shown, unpack
from db.queue import Item
from pipelines.errors import Usage
from pipelines.recipe import Recipe, from_config

OPEN = ("ready", "paused", "leased")
RECENT_S = 120.0
"""Over this long the pace of a stage is taken."""


@dataclass(frozen=True, slots=True)
class Input:
    """What to look for videos in: a folder, a video or a list."""

    path: str
    root: str | None = None
    """Folder that the paths of a list are relative to; the list's own otherwise."""
    column: str = "path"
    take: str = ""
    """Name of the importer that reads it with all it says, `auto` for the one that fits; empty only finds videos."""
    caption_column: str = ""
    score_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageProgress:
    """Jobs of one stage, by state."""

    name: str
    waiting: int
    running: int
    done: int
    failed: int
    cancelled: int
    per_minute: float
    """Items that ended in the last two minutes, by the minute."""

    @property
    def total(self) -> int:
        return self.waiting + self.running + self.done + self.failed + self.cancelled


@dataclass(frozen=True, slots=True)
class Counts:
    """What came out of a run."""

    videos: int
    clips: int
    kept: int
    dropped: int
    unscored: int
    failed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    run_id: int
    recipe: str
    state: str
    by: str
    inputs: tuple[str, ...]
    stages: tuple[StageProgress, ...]
    counts: Counts
    started_at: float
    ended_at: float | None
    kind: str = "videos"
    note: str = ""
    priority: int = 0

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.time()) - self.started_at


@dataclass(frozen=True, slots=True)
class Reason:
    """Items of one stage that failed for one reason: how many, and the first of them."""

    stage: str
    kind: str
    reason: str
    count: int
    items: tuple[tuple[int, str], ...]
    """Job and label."""


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


def create(session: Session, recipe: Recipe, *, inputs: Sequence[str | Input], by: str) -> Run:
    """Queue a run; a worker takes it from there."""
    asked = [Input(one) if isinstance(one, str) else one for one in inputs]
    if not asked:
        raise Usage("nothing to run: name at least one folder, video or list")
    config = recipe.config()
    rules = [{"score": rule.score, "low": rule.low, "high": rule.high} for rule in recipe.rules]
    run = Run(recipe=recipe.name, config=config, rules=rules, inputs=_stored(asked), by=by, created_at=time.time())
    session.add(run)
    session.flush()
    queue.add(session, run, "find", [Item(str(index), shown(one.path)) for index, one in enumerate(asked)])
    return run


def create_on_clips(
    session: Session, recipe: Recipe, clip_ids: Sequence[int], *, by: str, adopts: bool = False, note: str = ""
) -> Run:
    """Queue the recipe's captioners, rewriters and aligners for clips that are there; what is known already costs nothing.

    Without `adopts` the new captions only stand beside the others, for people to choose. Without a captioner, rewriters and
    aligners take up the caption in force.
    """
    clip_ids = flow.without_bad_clips(session, clip_ids)
    if not recipe.after_rules() or not clip_ids:
        raise Usage("nothing to do: choose at least one clip and a captioner, rewriter or aligner")
    if not recipe.captioners:
        recipe = recipe.model_copy(update={"salt": uuid.uuid4().hex})
    run = Run(
        recipe=recipe.name, config=recipe.config(), rules=[], inputs=[], kind=flow.CLIPS, adopts=int(adopts), note=note,
        by=by, created_at=time.time(),
    )  # fmt: skip
    session.add(run)
    session.flush()
    flow.caption_anew(session, run, recipe, clip_ids)
    close_if_done(session, run)
    return run


def already_done(session: Session, recipe: Recipe, *, inputs: Sequence[Input]) -> Progress | None:
    """A run of just these inputs through just this recipe that ended well; None when there is none."""
    wanted = (recipe.config(), _stored(inputs))
    same = (run for run in recent(session) if run.state == "done" and (run.config, run.inputs) == wanted)
    ended = [progress(session, run.id) for run in same]
    return next((one for one in ended if not one.counts.failed), None)


def input_of(run: Run, item: str) -> Input:
    """The input that a `find` job names."""
    stored = run.inputs[int(item)]
    return Input(**{**stored, "path": unpack(stored["path"]), "score_columns": tuple(stored.get("score_columns", ()))})


def recent(session: Session, limit: int = 20) -> list[Run]:
    """The latest runs, newest first."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def get(session: Session, run_id: int) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise Usage(f"there is no run {run_id}")
    return run


def pause(session: Session, run_id: int) -> None:
    """Let running items end and start no others."""
    run = get(session, run_id)
    if run.state == "active":
        run.state = "paused"
        _move(session, run_id, "ready", to="paused")


def resume(session: Session, run_id: int) -> None:
    run = get(session, run_id)
    if run.state == "paused":
        run.state = "active"
        _move(session, run_id, "paused", to="ready")
        close_if_done(session, run)


def cancel(session: Session, run_id: int) -> None:
    """Stop for good; workers drop what they hold within two seconds. What is stored stays."""
    run = get(session, run_id)
    if run.state in ("active", "paused"):
        for state in OPEN:
            _move(session, run_id, state, to="cancelled")
        run.state, run.ended_at = "cancelled", time.time()
        run.summary = asdict(_count(session, run))


def retry(session: Session, run_id: int) -> int:
    """Make failed items ready again; how many."""
    run = get(session, run_id)
    failed = (Job.run_id == run_id, Job.state == "failed")
    count = session.scalar(select(func.count()).where(*failed)) or 0
    if count:
        again = {"state": "ready", "losses": 0, "error": None, "error_kind": None, "ended_at": None, "not_before": 0.0}
        session.execute(update(Job).where(*failed).values(**again))
        run.state, run.ended_at = "active", None
    return count


def set_priority(session: Session, run_id: int, priority: int) -> None:
    """Before other runs (1), among them (0) or after them (-1); what is being worked on ends first."""
    run = get(session, run_id)
    if priority not in (-1, 0, 1):
        raise Usage(f"{priority} is no priority; use 1 for first, 0 or -1 for last")
    moved = Job.priority + queue.RUN_PRIORITY * (priority - run.priority)
    session.execute(update(Job).where(Job.run_id == run_id, Job.state.in_(OPEN)).values(priority=moved))
    run.priority = priority


def close_if_done(session: Session, run: Run) -> None:
    """End the run when nothing of it is left to do."""
    if run.state != "active":
        return
    left = session.scalar(select(Job.id).where(Job.run_id == run.id, Job.state.in_(OPEN)).limit(1))
    if left is None:
        run.state, run.ended_at = "done", time.time()
        run.summary = asdict(_count(session, run))


def rules_moved(session: Session) -> int:
    """Queue what newly kept clips lack, in every run; how many clips. Call after thresholds were applied."""
    duplicates.settle_all(session)
    return sum(flow.caption_kept(session, run) for run in session.scalars(select(Run)))


def progress(session: Session, run_id: int) -> Progress:
    run = get(session, run_id)
    counts = _count(session, run) if run.summary is None or run.state in ("active", "paused") else Counts(**run.summary)
    return Progress(
        run.id, run.recipe, run.state, run.by, inputs_of(run), tuple(_stages(session, run)), counts, run.created_at,
        run.ended_at, run.kind, run.note, run.priority,
    )  # fmt: skip


def inputs_of(run: Run) -> tuple[str, ...]:
    """What a run works on, in words; of a run on clips that are there, what it was told."""
    return tuple(shown(unpack(one["path"])) if isinstance(one, dict) and "path" in one else str(one) for one in run.inputs)


def reasons(session: Session, run_id: int, *, examples: int = 20) -> list[Reason]:
    """Why items failed, the most frequent reason first."""
    failed = (Job.run_id == run_id, Job.state == "failed")
    alike = (Job.stage, Job.error_kind, Job.error)
    rows = session.execute(select(*alike, func.count()).where(*failed).group_by(*alike).order_by(func.count().desc()))
    return [_reason(session, run_id, *row, examples=examples) for row in rows.tuples().all()]


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


def speed(session: Session, recipe: str, *, last: int = 5) -> float | None:
    """Seconds of film that the last runs of a recipe got through in a second; None when none of them read any."""
    ended = select(Run).where(Run.recipe == recipe, Run.state == "done", Run.kind == "videos").order_by(Run.id.desc())
    runs = list(session.scalars(ended.limit(last)))
    read = select(Job.item).where(
        Job.run_id.in_([run.id for run in runs]), Job.stage == "scan", Job.state == "done", Job.attempt > 0
    )
    videos = [int(item) for item in session.scalars(read)]
    length = func.sum(func.json_extract(Video.info, "$.duration_s"))
    film = sum(
        session.scalar(select(length).where(Video.id.in_(videos[at : at + 500]))) or 0.0 for at in range(0, len(videos), 500)
    )
    spent = sum((run.ended_at or run.created_at) - run.created_at for run in runs)
    return film / spent if film and spent else None


def failures(session: Session, run_id: int, limit: int = 200) -> list[Failure]:
    """Items that failed, those of one reason together."""
    failed = select(Job).where(Job.run_id == run_id, Job.state == "failed").order_by(Job.error_kind, Job.id).limit(limit)
    return [Failure(job.id, job.stage, job.label, job.error_kind or "", job.error or "") for job in session.scalars(failed)]


def _stored(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    return [{**asdict(one), "path": pack(one.path), "score_columns": list(one.score_columns)} for one in inputs]


def _move(session: Session, run_id: int, state: str, *, to: str) -> None:
    session.execute(update(Job).where(Job.run_id == run_id, Job.state == state).values(state=to, lease_until=None))


def _stages(session: Session, run: Run) -> list[StageProgress]:
    rows = session.execute(
        select(Job.stage, Job.state, func.count()).where(Job.run_id == run.id).group_by(Job.stage, Job.state)
    )
    table: dict[str, dict[str, int]] = {}
    for stage, state, count in rows:
        table.setdefault(stage, {})[state] = count
    ended = select(Job.stage, func.count()).where(
        Job.run_id == run.id, Job.state == "done", Job.ended_at > time.time() - RECENT_S
    )
    pace = dict(session.execute(ended.where(Job.attempt > 0).group_by(Job.stage)).tuples().all())
    stages = [stage.name for stage in from_config(run.config).stages()]
    order = ["find", *(["fetch"] if "fetch" in table else []), "probe", *stages, flow.PROXY]
    order = [
        *(name for name in order if run.kind == "videos" or name in table),
        *(name for name in table if name not in order),
    ]
    return [_stage(name, table.get(name, {}), pace.get(name, 0) * 60 / RECENT_S) for name in order]


def _stage(name: str, states: dict[str, int], per_minute: float) -> StageProgress:
    waiting = states.get("ready", 0) + states.get("paused", 0)
    running, done, failed, cancelled = (states.get(state, 0) for state in ("leased", "done", "failed", "cancelled"))
    return StageProgress(name, waiting, running, done, failed, cancelled, per_minute)


def _count(session: Session, run: Run) -> Counts:
    mine = (Clip.run_id == run.id, Clip.superseded == 0)
    verdicts = dict(session.execute(select(Clip.verdict, func.count()).where(*mine).group_by(Clip.verdict)).tuples().all())
    videos = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.stage == "scan")) or 0
    failed = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.state == "failed")) or 0
    kept, dropped, unscored = (verdicts.get(state, 0) for state in ("kept", "dropped", "unscored"))
    return Counts(videos, sum(verdicts.values()), kept, dropped, unscored, failed)

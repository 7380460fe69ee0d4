"""Runs: a person's request from the first file to the last caption, and how far it is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import duplicates, flow, queue
from db.models import Clip, Job, Run
from db.names import pack, shown, unpack
from db.queue import Item
from pipelines.errors import Usage
from pipelines.recipe import Recipe, from_config

OPEN = ("ready", "paused", "leased")


@dataclass(frozen=True, slots=True)
class Input:
    """What to look for videos in: a folder, a video or a list."""

    path: str
    root: str | None = None
    """Folder that the paths of a list are relative to; the list's own otherwise."""
    column: str = "path"


@dataclass(frozen=True, slots=True)
class StageProgress:
    """Jobs of one stage, by state."""

    name: str
    waiting: int
    running: int
    done: int
    failed: int
    cancelled: int

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

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.time()) - self.started_at


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
    return Input(unpack(stored["path"]), stored["root"], stored["column"])


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
    inputs = tuple(shown(unpack(one["path"])) for one in run.inputs)
    stages = tuple(_stages(session, run))
    return Progress(run.id, run.recipe, run.state, run.by, inputs, stages, counts, run.created_at, run.ended_at)


def failures(session: Session, run_id: int, limit: int = 200) -> list[Failure]:
    """Items that failed, those of one reason together."""
    failed = select(Job).where(Job.run_id == run_id, Job.state == "failed").order_by(Job.error_kind, Job.id).limit(limit)
    return [Failure(job.id, job.stage, job.label, job.error_kind or "", job.error or "") for job in session.scalars(failed)]


def _stored(inputs: Sequence[Input]) -> list[dict[str, str | None]]:
    return [{**asdict(one), "path": pack(one.path)} for one in inputs]


def _move(session: Session, run_id: int, state: str, *, to: str) -> None:
    session.execute(update(Job).where(Job.run_id == run_id, Job.state == state).values(state=to, lease_until=None))


def _stages(session: Session, run: Run) -> list[StageProgress]:
    rows = session.execute(
        select(Job.stage, Job.state, func.count()).where(Job.run_id == run.id).group_by(Job.stage, Job.state)
    )
    table: dict[str, dict[str, int]] = {}
    for stage, state, count in rows:
        table.setdefault(stage, {})[state] = count
    recipe = from_config(run.config)
    if run.kind == flow.CLIPS:
        return [_stage(stage.name, table.get(stage.name, {})) for stage in recipe.after_rules()]
    order = ["find", "probe", *(stage.name for stage in recipe.stages()), flow.PROXY]
    return [_stage(name, table.get(name, {})) for name in order]


def _stage(name: str, states: dict[str, int]) -> StageProgress:
    waiting = states.get("ready", 0) + states.get("paused", 0)
    return StageProgress(name, waiting, *(states.get(state, 0) for state in ("leased", "done", "failed", "cancelled")))


def _count(session: Session, run: Run) -> Counts:
    mine = (Clip.run_id == run.id, Clip.superseded == 0)
    verdicts = dict(session.execute(select(Clip.verdict, func.count()).where(*mine).group_by(Clip.verdict)).tuples().all())
    videos = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.stage == "scan")) or 0
    failed = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.state == "failed")) or 0
    kept, dropped, unscored = (verdicts.get(state, 0) for state in ("kept", "dropped", "unscored"))
    return Counts(videos, sum(verdicts.values()), kept, dropped, unscored, failed)

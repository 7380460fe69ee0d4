"""Runs: a person's request from the first file to the last caption."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import duplicates, flow, log, progress, queue
from db.models import Job, Run
from db.names import pack, shown, unpack
from db.queue import Item
from pipelines.errors import Usage
from pipelines.recipe import Recipe

OPEN = ("ready", "paused", "leased")


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
    log.note(session, "run started", by=by, run=run.id, recipe=recipe.name)
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
    log.note(session, "run on clips started", by=by, run=run.id, recipe=recipe.name, clips=len(clip_ids))
    flow.caption_anew(session, run, recipe, clip_ids)
    close_if_done(session, run)
    return run


def already_done(session: Session, recipe: Recipe, *, inputs: Sequence[Input]) -> progress.Progress | None:
    """A run of just these inputs through just this recipe that ended well; None when there is none."""
    wanted = (recipe.config(), _stored(inputs))
    same = (run for run in recent(session) if run.state == "done" and (run.config, run.inputs) == wanted)
    ended = [progress.of(session, run) for run in same]
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
        run.summary = asdict(progress.count(session, run))


def retry(session: Session, run_id: int) -> int:
    """Make failed items ready again; how many. Of a clip only the first stage: the others follow from it, in their order."""
    run = get(session, run_id)
    failed = (Job.run_id == run_id, Job.state == "failed")
    count = session.scalar(select(func.count()).where(*failed)) or 0
    if count:
        session.execute(delete(Job).where(Job.id.in_(flow.behind_a_failed_one(run_id))))
        anew = {"attempt": 0, "losses": 0, "not_before": 0.0}
        again = {"state": "ready", "error": None, "error_kind": None, "ended_at": None, **anew}
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
        run.summary = asdict(progress.count(session, run))


def rules_moved(session: Session) -> int:
    """Queue what newly kept clips lack, in every run; how many clips. Call after thresholds were applied."""
    duplicates.settle_all(session)
    return sum(flow.caption_kept(session, run) for run in session.scalars(select(Run)))


def _stored(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    return [{**asdict(one), "path": pack(one.path), "score_columns": list(one.score_columns)} for one in inputs]


def _move(session: Session, run_id: int, state: str, *, to: str) -> None:
    session.execute(update(Job).where(Job.run_id == run_id, Job.state == state).values(state=to, lease_until=None))

"""How far a run is: jobs by stage and state, what came out, and at what pace."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import flow, imports
from db.models import Clip, Job, Run, Video
from db.names import shown, unpack
from pipelines.recipe import from_config

RECENT_S = 120.0
"""Over this long the pace of a stage is taken."""


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
    lost: int = 0
    """Stretches of lists that became no clip, once the run has ended."""


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


def of(session: Session, run: Run) -> Progress:
    """The run as it is now; what came out of one that ended is what was counted then."""
    counts = count(session, run) if run.summary is None or run.state in ("active", "paused") else Counts(**run.summary)
    return Progress(
        run.id, run.recipe, run.state, run.by, inputs(run), tuple(_stages(session, run)), counts, run.created_at,
        run.ended_at, run.kind, run.note, run.priority,
    )  # fmt: skip


def inputs(run: Run) -> tuple[str, ...]:
    """What a run works on, in words; of a run on clips that are there, what it was told."""
    return tuple(shown(unpack(one["path"])) if isinstance(one, dict) and "path" in one else str(one) for one in run.inputs)


def count(session: Session, run: Run) -> Counts:
    """What came out of a run so far."""
    mine = (Clip.run_id == run.id, Clip.superseded == 0)
    verdicts = dict(session.execute(select(Clip.verdict, func.count()).where(*mine).group_by(Clip.verdict)).tuples().all())
    videos = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.stage == "scan")) or 0
    failed = session.scalar(select(func.count()).where(Job.run_id == run.id, Job.state == "failed")) or 0
    kept, dropped, unscored = (verdicts.get(state, 0) for state in ("kept", "dropped", "unscored"))
    lost = imports.count_unmatched(session, run.id)
    return Counts(videos, sum(verdicts.values()), kept, dropped, unscored, failed, lost)


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

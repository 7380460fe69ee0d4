"""All that happened to one item, in order: its video found and read, its clip measured, judged, captioned, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import flow
from db.models import Caption, Clip, Job, Run, Try, VideoPath
from db.names import pack
from pipelines.errors import Usage
from pipelines.kinds import ALIGNERS, CAPTIONERS, REWRITERS, SCORERS


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened."""

    at: float | None
    """When it ended; None for what has not."""
    what: str
    """A stage, caption, or verdict."""
    how: str
    """done, known already, failed, put off, worker lost, ready, paused, leased, cancelled; of a caption its model or author;
    of a verdict what it is."""
    run_id: int | None = None
    seconds: float | None = None
    worker: str | None = None
    times: int = 1
    kind: str = ""
    reason: str = ""
    trace: str = ""


def story(session: Session, job_id: int) -> list[Step]:
    """Of the video or clip that a job is about, through all runs. Raises `Usage` when there is no such job."""
    job = session.get(Job, job_id)
    if job is None:
        raise Usage(f"there is no item {job_id}")
    clip = session.get(Clip, int(job.item)) if job.run_id is not None and job.stage in _clip_stages() else None
    video_id = clip.video_id if clip else int(job.item) if job.stage == "scan" else None
    jobs = [*_of_video(session, video_id), *(_jobs(session, _clip_stages(), [str(clip.id)]) if clip else ())]
    steps = [step for one in jobs or [job] for step in _steps(session, one)]
    if clip:
        steps += [*_captions(session, clip.id), *_verdict(clip, jobs)]
    return sorted(steps, key=lambda step: (step.at is None, step.at or 0.0))


def _clip_stages() -> list[str]:
    kinds = (SCORERS, CAPTIONERS, REWRITERS, ALIGNERS)
    return [*(name for registry in kinds for name, _ in registry), flow.PROXY]


def _of_video(session: Session, video_id: int | None) -> list[Job]:
    if video_id is None:
        return []
    paths = session.scalars(select(VideoPath.path).where(VideoPath.video_id == video_id))
    names = [pack(path.decode("utf-8", "surrogateescape")) for path in paths]
    return [*_jobs(session, ["probe"], names), *_jobs(session, ["scan"], [str(video_id)])]


def _jobs(session: Session, stages: Sequence[str], items: Sequence[str]) -> list[Job]:
    """By run, stage and item, which is how they are indexed."""
    chosen = (Job.run_id.in_(select(Run.id)), Job.stage.in_(stages), Job.item.in_(items))
    return list(session.scalars(select(Job).where(*chosen).order_by(Job.id)))


def _steps(session: Session, job: Job) -> Iterator[Step]:
    """What became of its tries, and how it stands now unless the last of them says that."""
    tries = list(session.scalars(select(Try).where(Try.job_id == job.id).order_by(Try.id)))
    for one in tries:
        seconds = one.ended_at - one.started_at if one.started_at and one.times == 1 else None
        yield Step(
            one.ended_at, job.stage, one.how, job.run_id, seconds, one.worker, one.times, one.kind, one.reason, one.trace
        )
    if job.state != "failed" or not tries or tries[-1].how == "put off":
        yield _standing(job)


def _standing(job: Job) -> Step:
    known = job.state == "done" and not job.attempt
    took = job.ended_at - job.started_at if job.ended_at and job.started_at and not known else None
    how = "known already" if known else job.state
    said = (job.error_kind or "", job.error or "")
    return Step(job.ended_at, job.stage, how, job.run_id, took, job.worker, kind=said[0], reason=said[1])


def _captions(session: Session, clip_id: int) -> Iterator[Step]:
    for one in session.scalars(select(Caption).where(Caption.clip_id == clip_id).order_by(Caption.id)):
        who, words = one.by or one.model or one.author, one.reason or ""
        yield Step(one.created_at, "caption", who, one.run_id, one.seconds or None, kind=one.outcome, reason=words)


def _verdict(clip: Clip, jobs: Sequence[Job]) -> Iterator[Step]:
    """As it is now; it stands behind what was measured, because it follows from that."""
    ends = [job.ended_at for job in jobs if job.ended_at and (job.stage in SCORERS or job.stage == "scan")]
    if clip.verdict:
        yield Step(max(ends, default=None), "verdict", clip.verdict, reason=", ".join(map(str, clip.reasons)))

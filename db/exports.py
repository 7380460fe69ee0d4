"""Exports: which pairs leave, and what became of each request to write them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select, update
from sqlalchemy.orm import Session

from db import names, queue, results
from db.models import Caption, Clip, Export, Job, Score, Video, VideoPath
from db.queue import Item
from pipelines import records
from pipelines.errors import Usage
from pipelines.records import Outcome, Sample, State

STAGE = "export"
PRIORITY = 100
"""A person waits for it: before any stage of a run."""
IN_ONE_QUERY = 200
LEFT_OUT_SHOWN = 20
_rejected = Clip.review == "rejected"
_accepted = Clip.review.in_(("accepted", "accepted_lot"))
WHICH: dict[str, ColumnElement[bool]] = {
    "accepted": Clip.review == "accepted",
    "accepted_lot": _accepted,
    "kept": or_(_accepted, and_(Clip.verdict == State.KEPT.value, ~_rejected)),
    "all": and_(~_rejected, Clip.caption_id.is_not(None)),
}
"""accepted by a person; also with their lot; also kept by the rules; everything with a caption that nobody rejected."""


@dataclass(frozen=True, slots=True)
class ExportView:
    """A request and how far it is."""

    id: int
    format: str
    options: dict[str, Any]
    which: str
    dest: str
    """Fit for showing."""
    state: str
    """waiting, writing, done, failed, cancelled"""
    total: int
    written: int
    """Pairs dealt with so far; when done, pairs in the folder."""
    error: str | None
    """Why it failed, or which clips were left out of one that is done."""
    by: str
    created_at: float
    ended_at: float | None


def create(session: Session, *, format: str, options: dict[str, Any], which: str, dest: str, by: str = "") -> Export:
    """Ask for an export to the folder `dest`. Raises `Usage` while another one to the same folder is on its way."""
    place = names.pack(str(Path(dest).expanduser().absolute()))
    if session.scalar(select(Export.id).join(Job, _is_its_job()).where(Export.dest == place, _is_open()).limit(1)):
        raise Usage(f"an export to {dest} is already on its way; wait for it, cancel it, or choose another folder")
    total = count(session, which)
    row = Export(format=format, options=options, which=which, dest=place, total=total, by=by, created_at=time.time())
    session.add(row)
    session.flush()
    queue.add(session, None, STAGE, [Item(str(row.id), f"{format} to {names.shown(dest)}")], priority=PRIORITY)
    return row


def get(session: Session, export_id: int) -> Export:
    return session.get_one(Export, export_id)


def folder(row: Export) -> Path:
    """Where the export goes."""
    return Path(names.unpack(row.dest))


def samples(session: Session, which: str) -> Iterator[Sample]:
    """Clips with their captions in force, ordered by the video's name, then by time.

    The text is empty where no caption is in force or it did not end well, so that somebody can count them.
    """
    condition = and_(Clip.superseded == 0, _chosen(which))
    order = _videos_by_name(session, condition)
    for start in range(0, len(order), IN_ONE_QUERY):
        yield from _samples_of(session, condition, order[start : start + IN_ONE_QUERY])


def preview(session: Session, which: str, limit: int = 3) -> list[Sample]:
    """The first pairs that would leave."""
    return list(islice((sample for sample in samples(session, which) if sample.text.strip()), limit))


def count(session: Session, which: str) -> int:
    """Pairs that would leave: clips with a caption that ended well and says something."""
    pairs = select(func.count()).select_from(Clip).join(Caption, Clip.caption_id == Caption.id)
    said = (Caption.outcome == Outcome.OK.value, func.trim(Caption.text) != "")
    return session.scalar(pairs.where(Clip.superseded == 0, _chosen(which), *said)) or 0


def recent(session: Session, limit: int = 20) -> list[ExportView]:
    """The latest requests, newest first."""
    rows = session.execute(
        select(Export, Job.state, Job.error).outerjoin(Job, _is_its_job()).order_by(Export.id.desc()).limit(limit)
    )
    return [_view(export, job_state, job_error) for export, job_state, job_error in rows]


def view(session: Session, export_id: int) -> ExportView:
    """One request, and how far it is."""
    with_job = select(Export, Job.state, Job.error).outerjoin(Job, _is_its_job())
    return _view(*session.execute(with_job.where(Export.id == export_id)).one())


def begin(session: Session, export_id: int, *, total: int) -> None:
    """Writing has begun, maybe not for the first time."""
    _set(session, export_id, state="writing", total=total, written=0, error=None, ended_at=None)


def set_progress(session: Session, export_id: int, done: int) -> None:
    _set(session, export_id, written=done)


def finish(session: Session, export_id: int, *, written: int, left_out: Sequence[str] = ()) -> None:
    """The folder is complete. `left_out` says for each clip that is not in it which and why."""
    more = len(left_out) - LEFT_OUT_SHOWN
    lines = [*left_out[:LEFT_OUT_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    note = f"{len(left_out)} left out\n" + "\n".join(lines) if left_out else None
    _set(session, export_id, state="done", written=written, error=note, ended_at=time.time())


def fail(session: Session, export_id: int, reason: str) -> None:
    """It could not be written; what lay in the folder is as it was."""
    _set(session, export_id, state="failed", error=reason, ended_at=time.time())


def cancel(session: Session, export_id: int) -> None:
    """Stop it, if it has not ended: a worker that is writing notices within a second or two."""
    its_job = (Job.stage == STAGE, Job.item == str(export_id), _is_open())
    stopped = update(Job).where(*its_job).values(state="cancelled", ended_at=time.time()).returning(Job.id)
    if session.scalars(stopped).all():
        _set(session, export_id, state="cancelled", ended_at=time.time())


def _chosen(which: str) -> ColumnElement[bool]:
    if which not in WHICH:
        raise Usage(f"there is no choice {which!r}; choose one of {', '.join(WHICH)}")
    return WHICH[which]


def _videos_by_name(session: Session, condition: ColumnElement[bool]) -> list[int]:
    """Ids of the videos that have such clips."""
    wanted = select(Clip.video_id).where(condition).distinct()
    paths = select(VideoPath.video_id, VideoPath.path).where(VideoPath.video_id.in_(wanted)).order_by(VideoPath.seen_at)
    latest = {video_id: os.path.basename(path) for video_id, path in session.execute(paths)}  # noqa: PTH119 - bytes
    return sorted(session.scalars(wanted), key=lambda video_id: (latest.get(video_id, b""), video_id))


def _samples_of(session: Session, condition: ColumnElement[bool], video_ids: list[int]) -> list[Sample]:
    chosen = and_(condition, Clip.video_id.in_(video_ids))
    videos = {row.id: results.video_record(row) for row in session.scalars(select(Video).where(Video.id.in_(video_ids)))}
    scores: dict[int, dict[str, float | None]] = {}
    for clip_id, name, value in session.execute(
        select(Score.clip_id, Score.name, Score.value).join(Clip, Clip.id == Score.clip_id).where(chosen)
    ):
        scores.setdefault(clip_id, {})[name] = value
    rows = session.execute(
        select(Clip.id, Clip.video_id, Clip.start_pts, Clip.end_pts, Clip.frames, Clip.review, Caption.text, Caption.outcome)
        .outerjoin(Caption, Clip.caption_id == Caption.id)
        .where(chosen)
    ).all()
    place = {video_id: index for index, video_id in enumerate(video_ids)}
    return [
        Sample(
            records.Clip(videos[row.video_id], row.start_pts, row.end_pts, row.frames),
            (row.text or "") if row.outcome == Outcome.OK.value else "",
            scores.get(row.id, {}),
            row.review,
        )
        for row in sorted(rows, key=lambda row: (place[row.video_id], row.start_pts, row.end_pts))
    ]


def _is_its_job() -> ColumnElement[bool]:
    return and_(Job.stage == STAGE, Job.item == cast(Export.id, Text))


def _is_open() -> ColumnElement[bool]:
    return Job.state.in_(("ready", "leased"))


def _view(row: Export, job_state: str | None, job_error: str | None) -> ExportView:
    ended = row.state in ("done", "failed", "cancelled")
    lost = not ended and job_state in ("failed", "cancelled")  # the job ended without a word: its workers died
    state, error = (job_state or row.state, job_error) if lost else (row.state, row.error)
    return ExportView(
        row.id, row.format, row.options, row.which, names.shown(names.unpack(row.dest)), state, row.total, row.written,
        error, row.by, row.created_at, row.ended_at,
    )  # fmt: skip


def _set(session: Session, export_id: int, **values: Any) -> None:
    session.execute(update(Export).where(Export.id == export_id).values(**values))

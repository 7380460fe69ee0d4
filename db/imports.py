"""What lists of others say: kept until their files are read, then given to the clips they meant.

    note ─▶ (probe) claim ─▶ (scan) given ─▶ attach, clip by clip

Nothing is ever overwritten by it: not a caption that a person wrote or decided on, not a score that was measured here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from db import results
from db.models import Caption, Clip, Fact, Run, Score, Taken
from db.names import pack
from db.results import Made
from pipelines import imports, records, wire
from pipelines.records import Author, Measured, VideoInfo
from pipelines.stage import digest

STAGE = "import"
NO_FRAMES = "there are no frames at these times"
"""Why a stretch became no clip although its file was read."""
KINDS = ("captions", "scores", "facts")
NEAR_S = 0.05
"""A time that was rounded, and frames that lie between it and ours, may put it so far off; and one frame more."""


def note(session: Session, run: Run, found: Iterable[imports.Taken]) -> None:
    """Keep what was read from a list."""
    rows = [
        {
            "run_id": run.id, "path": pack(one.path), "given": one.given, "start_s": one.start_s, "end_s": one.end_s,
            "exact": int(one.exact), "said": {kind: [wire.dump(said) for said in getattr(one, kind)] for kind in KINDS},
        }
        for one in found
    ]  # fmt: skip
    if rows:
        session.execute(insert(Taken), rows)


def moved(session: Session, run_id: int, url: str, path: str) -> None:
    """What is said of an address is said of the file that was fetched from it."""
    session.execute(update(Taken).where(Taken.run_id == run_id, Taken.path == pack(url)).values(path=pack(path)))


def claim(session: Session, run_id: int, path: str, video_id: int) -> None:
    """The file at `path` (packed) was probed: what is said of it is said of this video."""
    session.execute(update(Taken).where(Taken.run_id == run_id, Taken.path == path).values(video_id=video_id))


def given(session: Session, run_id: int, video_id: int) -> list[tuple[float, float | None, bool]]:
    """The stretches the run knows in this video, in order: start, end, exact. None when its scenes are to be found."""
    rows = select(Taken.start_s, Taken.end_s, Taken.exact).where(Taken.run_id == run_id, Taken.video_id == video_id)
    found = session.execute(rows.distinct().order_by(Taken.start_s, Taken.end_s, Taken.exact))
    return [(start, end, bool(exact)) for start, end, exact in found.tuples()]


def scan_digest(session: Session, run: Run, video_id: int, scan: str) -> str:
    """What the clips of this video depend on: the digest of the scan's settings, and the stretches that were given."""
    stretches = given(session, run.id, video_id)
    return digest([scan, stretches]) if stretches else scan


def attach(session: Session, run_id: int, clip_ids: Sequence[int]) -> None:
    """Give clips what the run's lists say of them."""
    for clip in session.scalars(select(Clip).where(Clip.id.in_(clip_ids))).all():
        for row in session.scalars(_of(run_id, clip)).all():
            _say(session, clip, row)
            row.clip_id = clip.id


def unmatched(session: Session, run_id: int, limit: int = 200) -> list[str]:
    """Stretches that became no clip although their file was read, in words; none before the run has ended."""
    rows = session.scalars(select(Taken).where(*_unmatched(run_id)).order_by(Taken.id).limit(limit))
    return [f"{row.given} {row.start_s:.1f}–{'end' if row.end_s is None else f'{row.end_s:.1f}'} s" for row in rows]


def count_unmatched(session: Session, run_id: int) -> int:
    """How many these are."""
    return session.scalar(select(func.count()).where(*_unmatched(run_id))) or 0


def _unmatched(run_id: int) -> tuple[Any, ...]:
    ended = exists().where(Run.id == run_id, Run.ended_at.is_not(None))
    return Taken.run_id == run_id, Taken.video_id.is_not(None), Taken.clip_id.is_(None), Taken.exact == 1, ended


def _of(run_id: int, clip: Clip) -> Any:
    """Rows that mean this clip: the same video, and both ends within a frame."""
    near = NEAR_S + 1 / max(wire.load(VideoInfo, clip.video.info).fps or 25.0, 1.0)
    end = or_(and_(Taken.end_s.is_(None), _reaches_the_end(clip)), func.abs(Taken.end_s - clip.end_s) <= near)
    mine = Taken.run_id == run_id, Taken.video_id == clip.video_id, Taken.exact == 1
    return select(Taken).where(*mine, func.abs(Taken.start_s - clip.start_s) <= near, end).order_by(Taken.id)


def _reaches_the_end(clip: Clip) -> Any:
    last = select(func.max(Clip.end_s)).where(Clip.video_id == clip.video_id, Clip.superseded == 0).scalar_subquery()
    return last <= clip.end_s


def _say(session: Session, clip: Clip, row: Taken) -> None:
    for said in (wire.load(records.Caption, one) for one in row.said["captions"]):
        alike = select(Caption.id).where(Caption.clip_id == clip.id, Caption.text == said.text)
        if session.scalar(alike.where(Caption.author == Author.IMPORT).limit(1)) is None:
            caption = records.Caption(said.text, said.model, Author.IMPORT)
            results.save_caption(session, clip.id, caption, made=Made(STAGE, "", row.run_id))
    scores = [wire.load(records.Score, one) for one in row.said["scores"]]
    facts = [wire.load(records.Fact, one) for one in row.said["facts"]]
    measured = set(session.scalars(select(Score.name).where(Score.clip_id == clip.id, Score.value.is_not(None))))
    known = set(session.scalars(select(Fact.name).where(Fact.clip_id == clip.id)))
    new = tuple(one for one in scores if one.name not in measured), tuple(one for one in facts if one.name not in known)
    results.save_measured(session, clip.id, Measured(*new))

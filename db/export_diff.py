"""Two exports side by side: what came, what went, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db import names
from db.models import Caption, Clip, Export, ExportRow, Video, VideoPath
from pipelines.errors import Usage

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """One clip that differs between two exports."""

    clip_id: int
    label: str
    """Film and times, "film.mp4 12.0–16.5 s"; "clip 17" when it is gone."""
    before: str | None
    """Caption and part in the earlier one; None when it was not there."""
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """From an earlier export to a later one, in pairs."""

    earlier: int
    later: int
    added: int
    removed: int
    changed: int
    same: int
    examples: tuple[Changed, ...]
    """The first of each kind."""


def compare(session: Session, earlier: int, later: int) -> Difference:
    """What became of each pair. A pair is the same when clip, caption and part are. Raises `Usage`."""
    for export_id in (earlier, later):
        _must_be_done(session, export_id)
    was, now = aliased(ExportRow), aliased(ExportRow)
    added = _unmatched(now, later, was, earlier)
    removed = _unmatched(was, earlier, now, later)
    both: Any = select(was, now).join(now, _same_place(was, now)).where(*_of(was, earlier), *_of(now, later))
    differs = or_(was.caption_id.is_distinct_from(now.caption_id), was.part != now.part)
    counts = [_count(session, query) for query in (added, removed, both.where(differs), both)]
    examples = [_described(session, None, row) for row in session.scalars(added.order_by(now.number).limit(SHOWN))]
    examples += [_described(session, row, None) for row in session.scalars(removed.order_by(was.number).limit(SHOWN))]
    pairs = session.execute(both.where(differs).order_by(now.number).limit(SHOWN)).tuples()
    examples += [_described(session, before, after) for before, after in pairs]
    return Difference(earlier, later, counts[0], counts[1], counts[2], counts[3] - counts[2], tuple(examples))


def _must_be_done(session: Session, export_id: int) -> None:
    row = session.get(Export, export_id)
    if row is None or row.state != "done":
        raise Usage(f"export {export_id} is not there or not complete; compare two that are done")
    if not row.planned:
        raise Usage(f"export {export_id} was made by an older Clapper, which kept no rows; export it again to compare")


def _of(row: Any, export_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return row.export_id == export_id, row.left_out == 0


def _same_place(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.clip_id == other.clip_id, one.take == other.take)


def _unmatched(row: Any, export_id: int, other: Any, other_id: int) -> Select[Any]:
    """Rows of one export that have no partner in the other."""
    partner = select(other.number).where(_same_place(row, other), *_of(other, other_id)).exists()
    return select(row).where(*_of(row, export_id), ~partner)


def _count(session: Session, query: Select[Any]) -> int:
    bare = query.with_only_columns(literal(1).label("one"), maintain_column_froms=True)
    return session.scalar(select(func.count()).select_from(bare.subquery())) or 0


def _described(session: Session, before: ExportRow | None, after: ExportRow | None) -> Changed:
    row = after or before
    assert row is not None
    return Changed(row.clip_id, _label(session, row.clip_id), _words(session, before), _words(session, after))


def _label(session: Session, clip_id: int) -> str:
    clip = session.get(Clip, clip_id)
    if clip is None:
        return f"clip {clip_id}"
    given = session.scalar(
        select(VideoPath.given).where(VideoPath.video_id == clip.video_id).order_by(VideoPath.id).limit(1)
    )
    name = names.shown(given or session.get_one(Video, clip.video_id).sha256[:12]).rsplit("/", 1)[-1]
    return f"{name} {clip.start_s:.1f}–{clip.end_s:.1f} s"


def _words(session: Session, row: ExportRow | None) -> str | None:
    if row is None:
        return None
    caption = session.get(Caption, row.caption_id) if row.caption_id else None
    return (f"[{row.part}] " if row.part else "") + (caption.text if caption else "")

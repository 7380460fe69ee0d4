"""Flags, notes and marks on claims: written once, taken back by anybody who may decide, and who did so stays known."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import Caption, Clip, Event, Note
from pipelines.errors import Usage

KINDS = ("flag", "note", "wrong", "omitted")
"""A lead should look; something to say; a claim of the caption is wrong; the caption leaves something out."""
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to note about a clip, about a moment of it, or about a stretch of one of its captions."""

    key: str
    """Made by the sender, so that sending again changes nothing."""
    clip_id: int
    kind: str
    text: str = ""
    at_s: float | None = None
    caption_id: int | None = None
    span: tuple[int, int] | None = None
    """From and to in the caption, in UTF-16 code units as browsers count."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """A remark as people see it."""

    key: str
    kind: str
    text: str
    at_s: float | None
    caption_id: int | None
    span: tuple[int, int] | None
    by: str
    at: float


def write(session: Session, remark: Remark, by: str) -> None:
    """Keep a remark, once. Raises `Usage` for one that makes no sense."""
    if _known(session, remark.key, remark.clip_id, by):
        return
    _check(session, remark)
    now, (start, end) = time.time(), remark.span or (None, None)
    session.add(
        Note(
            key=remark.key, clip_id=remark.clip_id, caption_id=remark.caption_id, kind=remark.kind, text=remark.text.strip(),
            at_s=remark.at_s, span_start=start, span_end=end, by=by, created_at=now,
        )
    )  # fmt: skip
    detail = asdict(remark) | {"text": remark.text.strip()}
    session.add(Event(key=remark.key, at=now, actor=by, kind=remark.kind, clip_id=remark.clip_id, detail=detail))
    session.flush()


def take_back(session: Session, clip_id: int, note: str, *, key: str, by: str) -> bool:
    """Take the remark with the key `note` off a clip, once; whether it was there."""
    if _known(session, key, clip_id, by):
        return False
    gone = session.scalar(delete(Note).where(Note.key == note, Note.clip_id == clip_id).returning(Note.kind))
    if gone is None:
        return False
    detail = {"note": note, "kind": gone}
    session.add(Event(key=key, at=time.time(), actor=by, kind="take back", clip_id=clip_id, detail=detail))
    session.flush()
    return True


def of(session: Session, clip_ids: Sequence[int]) -> defaultdict[int, list[NoteView]]:
    """The remarks on each clip, oldest first."""
    columns = Note.__table__.columns
    found: defaultdict[int, list[NoteView]] = defaultdict(list)
    for row in session.execute(select(*columns).where(columns.clip_id.in_(clip_ids)).order_by(columns.id)):
        span = None if row.span_start is None else (row.span_start, row.span_end)
        view = NoteView(row.key, row.kind, row.text, row.at_s, row.caption_id, span, row.by, row.created_at)
        found[row.clip_id].append(view)
    return found


def _known(session: Session, key: str, clip_id: int, by: str) -> bool:
    """The same was sent before. Raises `Usage` when the key belongs to something else."""
    event = session.scalar(select(Event).where(Event.key == key))
    if event is not None and (event.clip_id, event.actor) != (clip_id, by):
        raise Usage(f"the key {key!r} was already used for something else")
    return event is not None


def _check(session: Session, remark: Remark) -> None:
    if remark.kind not in KINDS:
        raise Usage(f"{remark.kind!r} is no kind of note; known are {', '.join(KINDS)}")
    if session.get(Clip, remark.clip_id) is None:
        raise Usage(f"there is no clip {remark.clip_id}")
    if remark.kind in ("note", "omitted") and not remark.text.strip():
        raise Usage(f"the note on clip {remark.clip_id} is empty; write some words or leave it")
    if len(remark.text) > MOST_CHARACTERS:
        raise Usage(f"the note on clip {remark.clip_id} is longer than {MOST_CHARACTERS} characters; shorten it")
    if remark.kind == "wrong" and (remark.caption_id is None or remark.span is None):
        raise Usage(f"a wrong claim on clip {remark.clip_id} must name the caption and where in it")
    _check_place(session, remark)


def _check_place(session: Session, remark: Remark) -> None:
    if remark.caption_id is not None:
        caption = session.get(Caption, remark.caption_id)
        if caption is None or caption.clip_id != remark.clip_id:
            raise Usage(f"clip {remark.clip_id} has no caption {remark.caption_id}")
    if remark.span is not None:
        text = session.get_one(Caption, remark.caption_id).text if remark.caption_id else ""
        if not 0 <= remark.span[0] < remark.span[1] <= len(text.encode("utf-16-le")) // 2:
            raise Usage(
                f"characters {remark.span[0]} to {remark.span[1]} are no part of that caption of clip {remark.clip_id}"
            )

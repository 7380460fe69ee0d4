"""Tags: words that people stick on clips to find them again."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.orm import Session

from db.models import Tag
from pipelines.errors import Usage

MOST_CHARACTERS = 40
IN_ONE_STATEMENT = 500


def clean(tag: str) -> str:
    """A tag as it is kept: one line of lower-case words, at most 40 characters. Raises `Usage` when nothing is left."""
    text = re.sub(r"\s+", " ", tag).strip().lower()
    if not text or len(text) > MOST_CHARACTERS or "," in text:
        raise Usage(f"{tag!r} is no tag; write one to {MOST_CHARACTERS} characters without a comma")
    return text


def add(session: Session, clip_ids: Sequence[int], tag: str, *, by: str) -> list[int]:
    """Stick a tag on clips; those that had it already are not among the ids given back."""
    return [clip_id for chunk in _chunks(clip_ids) for clip_id in _add(session, chunk, clean(tag), by)]


def _add(session: Session, clip_ids: Sequence[int], tag: str, by: str) -> list[int]:
    now = time.time()
    rows = [{"clip_id": clip_id, "tag": tag, "by": by, "at": now} for clip_id in clip_ids]
    return sorted(session.scalars(insert_or(Tag).on_conflict_do_nothing().returning(Tag.clip_id), rows))


def remove(session: Session, clip_ids: Sequence[int], tag: str) -> list[int]:
    """Take a tag off clips; the ids of those that had it."""
    wanted = clean(tag)
    gone: list[int] = []
    for chunk in _chunks(clip_ids):
        gone += session.scalars(delete(Tag).where(Tag.tag == wanted, Tag.clip_id.in_(chunk)).returning(Tag.clip_id))
    return sorted(gone)


def of(session: Session, clip_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each clip, in alphabetical order."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for chunk in _chunks(clip_ids):
        rows = session.execute(select(Tag.clip_id, Tag.tag).where(Tag.clip_id.in_(chunk)).order_by(Tag.tag))
        for clip_id, tag in rows.tuples():
            found[clip_id].append(tag)
    return {clip_id: tuple(found[clip_id]) for clip_id in clip_ids}


def counted(session: Session) -> dict[str, int]:
    """All tags there are, with the number of clips that have each."""
    rows = session.execute(select(Tag.tag, func.count()).group_by(Tag.tag).order_by(Tag.tag))
    return dict(rows.tuples().all())


def _chunks(clip_ids: Sequence[int]) -> list[Sequence[int]]:
    return [clip_ids[start : start + IN_ONE_STATEMENT] for start in range(0, len(clip_ids), IN_ONE_STATEMENT)]

"""A contestant's captions come into force together, where no person has decided, and go again together.

Each clip gets an event of its own, so that its history tells; their keys begin with that of the group, by which it is
undone. A clip's version does not move: nobody decided on it, and a decision names the caption that was on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from db import contestants
from db.clips import EVERYTHING
from db.contestants import Grouping, Origin
from db.filters import ClipFilter
from db.models import Caption, Clip, Event
from pipelines.errors import Usage
from pipelines.records import Author

PROMOTE, DEMOTE = "promote", "demote"
UNDECIDED = ("waiting", "skipped")


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whose captions come into force, and where."""

    contestant: str
    by: Grouping
    only: ClipFilter = EVERYTHING


@dataclass(frozen=True, slots=True)
class Change:
    """A clip whose caption in force becomes another one."""

    clip_id: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """What was changed under this key. An undo leaves clips alone that were decided on or got another caption since."""

    key: str
    changed: int
    left: int = 0


def changes(session: Session, wanted: Promotion) -> list[Change]:
    """What `promote` would change: in the order of the clips, those where the contestant's latest caption is not in force
    and neither a decision nor a caption in force by a person stands in the way."""
    current = aliased(Caption)
    query = select(Clip.id, Clip.caption_id, Caption.id, *contestants.columns(Caption))
    query = query.join(Caption, Caption.clip_id == Clip.id).outerjoin(current, current.id == Clip.caption_id)
    free = Clip.review.in_(UNDECIDED), or_(current.id.is_(None), current.author != Author.PERSON)
    query = query.where(*free, *contestants.eligible(Caption), *wanted.only.conditions()).order_by(Clip.id, Caption.id)
    latest: dict[int, Change] = {}
    rows: Iterable[Any] = session.execute(query)
    for clip_id, before, caption_id, *origin in rows:
        if contestants.identify(Origin(*origin), wanted.by) == wanted.contestant:
            latest[clip_id] = Change(clip_id, before, caption_id)
    return [change for change in latest.values() if change.before != change.after]


def promote(session: Session, wanted: Promotion, *, by: str, key: str) -> Done:
    """Put the contestant's captions in force. A repeated key changes nothing and tells how many it was."""
    if done := _of_group(session, key, PROMOTE):
        return Done(key, len(done))
    return Done(key, _apply(session, changes(session, wanted), by=by, key=key, kind=PROMOTE))


def take_back(session: Session, of: str, *, by: str, key: str) -> Done:
    """Bring back exactly the captions that were in force before the promotion with key `of`."""
    done = _of_group(session, of, PROMOTE)
    if not done:
        raise Usage(f"there is no promotion {of!r} to take back")
    if again := _of_group(session, key, DEMOTE):
        return Done(key, len(again), len(done) - len(again))
    back = [Change(change.clip_id, change.after, change.before) for change in done]
    changed = _apply(session, list(_untouched(session, back)), by=by, key=key, kind=DEMOTE)
    return Done(key, changed, len(done) - changed)


def _untouched(session: Session, back: Sequence[Change]) -> Iterator[Change]:
    """Those where the promoted caption is still in force, and still nobody has decided."""
    for start in range(0, len(back), 500):
        some = back[start : start + 500]
        query = select(Clip.id, Clip.caption_id).where(
            Clip.id.in_([one.clip_id for one in some]), Clip.review.in_(UNDECIDED)
        )
        now = dict(session.execute(query).tuples().all())
        yield from (one for one in some if one.clip_id in now and now[one.clip_id] == one.before)


def _apply(session: Session, found: Sequence[Change], *, by: str, key: str, kind: str) -> int:
    now = time.time()
    if found:
        rows = [(one.after, one.clip_id) for one in found]
        session.connection().exec_driver_sql("UPDATE clips SET caption_id = ? WHERE id = ?", rows)
        session.expire_all()
    session.add_all(
        Event(
            key=f"{key}:{one.clip_id}", at=now, actor=by, kind=kind, clip_id=one.clip_id,
            detail={"group": key, "before": one.before, "after": one.after},
        )
        for one in found
    )  # fmt: skip
    session.flush()
    return len(found)


def _of_group(session: Session, key: str, kind: str) -> list[Change]:
    """What a group has changed, found by the beginning of its events' keys."""
    query = select(Event.clip_id, Event.detail).where(Event.key >= f"{key}:", Event.key < f"{key};", Event.kind == kind)
    rows: Iterable[Any] = session.execute(query.order_by(Event.id))
    return [Change(clip_id, detail["before"], detail["after"]) for clip_id, detail in rows if detail.get("group") == key]

"""Who did what: the events as a list that can be searched."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at: float
    actor: str
    kind: str
    clip_id: int | None
    detail: dict[str, Any]


def note(session: Session, kind: str, *, by: str, **detail: Any) -> None:
    """Keep that somebody did something that is no decision on a clip."""
    session.add(Event(key=uuid.uuid4().hex, at=time.time(), actor=by, kind=kind, detail=detail))


def entries(
    session: Session, *, actor: str = "", kind: str = "", before: int | None = None, limit: int = 100
) -> list[Entry]:
    """The latest first; of one person or one kind when asked for; `before` an entry, to go on."""
    query = select(Event).order_by(Event.id.desc()).limit(limit)
    if actor:
        query = query.where(Event.actor == actor)
    if kind:
        query = query.where(Event.kind == kind)
    if before is not None:
        query = query.where(Event.id < before)
    return [Entry(row.id, row.at, row.actor, row.kind, row.clip_id, row.detail) for row in session.scalars(query)]

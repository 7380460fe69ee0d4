"""Saved views: a filter and an order under a name, for oneself or for everybody."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from db import log
from db.models import SavedView
from pipelines.errors import Usage

LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class View:
    id: int
    name: str
    by: str
    shared: bool
    where: tuple[str, ...]
    sort: str


def seen_by(session: Session, person: str) -> list[View]:
    """One's own views and everybody's shared ones, by name."""
    rows = select(SavedView).where(or_(SavedView.by == person, SavedView.shared == 1)).order_by(SavedView.name, SavedView.id)
    return [_view(row) for row in session.scalars(rows)]


def save(session: Session, name: str, *, by: str, where: Sequence[str], sort: str, shared: bool) -> View:
    """Keep a view, in place of one's own of the same name. That `where` is a filter is for the caller to know."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST:
        raise Usage(f"a view needs a name of up to {LONGEST} characters")
    row = session.scalar(select(SavedView).where(SavedView.by == by, SavedView.name == name))
    if row is None:
        row = SavedView(name=name, by=by, created_at=time.time())
        session.add(row)
    row.where, row.sort, row.shared = list(where), sort, int(shared)
    session.flush()
    log.note(session, "view saved", by=by, view=name, where=list(where), shared=shared)
    return _view(row)


def forget(session: Session, view_id: int, *, by: str, any_owner: bool = False) -> None:
    """Take a view away; other people's only with `any_owner`."""
    mine = [] if any_owner else [SavedView.by == by]
    name = session.scalar(delete(SavedView).where(SavedView.id == view_id, *mine).returning(SavedView.name))
    if name is None:
        raise Usage(f"there is no view {view_id} of yours")
    log.note(session, "view forgotten", by=by, view=name)


def _view(row: SavedView) -> View:
    return View(row.id, row.name, row.by, bool(row.shared), tuple(row.where), row.sort)

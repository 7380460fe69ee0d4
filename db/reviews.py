"""Who reviews what: clips lent to people, the reasons they choose from, and how far they are. Deciding is in `decisions`."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from db import views
from db.clips import EVERYTHING
from db.decisions import ACTIONS, LEASE_S, SPEEDS
from db.filters import ClipFilter
from db.models import Caption, Clip, Event
from db.views import ClipView
from pipelines.records import Outcome, State

RATE_WINDOW_S = 600.0
IDLE_S = 60.0
"""Who decides nothing for longer was not at the desk; the rest of such a pause counts for no pace."""
DECIDING = ("accept", "reject", "edit")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clip is rejected: for its caption, which can be written anew, or for itself."""

    about: str
    text: str


REASONS = (
    Reason("caption", "invents something"),
    Reason("caption", "wrong action or order"),
    Reason("caption", "wrong subject or number"),
    Reason("caption", "camera wrong or missing"),
    Reason("caption", "leaves out what matters"),
    Reason("clip", "cut inside"),
    Reason("clip", "text or watermark"),
    Reason("clip", "nothing to see, or damaged"),
    Reason("clip", "must not be used"),
)
"""In the order of the digit keys, from 1."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the reviewing stands. `per_hour` is the actor's own pace at each speed, over the last ten minutes of work."""

    waiting: int
    accepted: int
    rejected: int
    skipped: int
    per_hour: dict[str, int]


def claim(
    session: Session,
    actor: str,
    *,
    limit: int = 20,
    only: ClipFilter = EVERYTHING,
    without: Collection[int] = (),
) -> list[ClipView]:
    """Kept, captioned clips for `actor` to decide on, waiting ones first, then skipped ones; lent for five minutes.

    The actor's own claims come again, save those named in `without`: they are at hand already, and lent for longer."""
    held = update(Clip).where(Clip.id.in_(without), Clip.claimed_by == actor)
    session.execute(held.values(claimed_until=time.time() + LEASE_S), execution_options={"synchronize_session": False})
    found: list[int] = []
    for review in ("waiting", "skipped"):
        if len(found) < limit:
            taken = _take(session, actor, review, limit=limit - len(found), only=only, without=without)
            found += sorted(taken)
    return views.describe(session, found)


def _take(session: Session, actor: str, review: str, *, limit: int, only: ClipFilter, without: Collection[int]) -> list[int]:
    now = time.time()
    free = or_(Clip.claimed_until.is_(None), Clip.claimed_until < now, Clip.claimed_by == actor)
    order = Clip.reviewed_at if review == "skipped" else Clip.id
    wanted = (
        select(Clip.id)
        .where(*reviewable(), Clip.review == review, free, Clip.id.not_in(without), *only.conditions())
        .order_by(order)
        .limit(limit)
    )
    lent = update(Clip).where(Clip.id.in_(wanted)).values(claimed_by=actor, claimed_until=now + LEASE_S)
    return list(session.scalars(lent.returning(Clip.id), execution_options={"synchronize_session": False}))


def reviewable() -> list[ColumnElement[bool]]:
    """What must hold of a clip before people are asked about it."""
    captioned = exists().where(Caption.id == Clip.caption_id, Caption.outcome == Outcome.OK)
    return [Clip.superseded == 0, Clip.verdict == State.KEPT, captioned]


def progress(session: Session, actor: str, *, only: ClipFilter = EVERYTHING) -> Progress:
    """Counts over the clips that can be reviewed, and the actor's pace."""
    query = select(Clip.review, func.count()).where(*reviewable(), *only.conditions()).group_by(Clip.review)
    counts = dict(session.execute(query).tuples().all())
    return Progress(
        waiting=counts.get("waiting", 0),
        accepted=counts.get("accepted", 0),
        rejected=counts.get("rejected", 0),
        skipped=counts.get("skipped", 0),
        per_hour=_pace(session, actor),
    )


def something_waits(session: Session) -> bool:
    """A clip that can be reviewed has not been looked at yet."""
    return session.scalar(select(Clip.id).where(*reviewable(), Clip.review == "waiting").limit(1)) is not None


def _pace(session: Session, actor: str) -> dict[str, int]:
    """Clips an hour at each speed: clips decided over the time spent on them, at least a minute."""
    speed = func.coalesce(func.json_extract(Event.detail, "$.speed"), "")
    made = select(Event.kind, Event.at, speed).where(Event.actor == actor, Event.kind.in_(ACTIONS))
    rows = session.execute(made.where(Event.at > time.time() - RATE_WINDOW_S).order_by(Event.at)).tuples().all()
    done: defaultdict[str, int] = defaultdict(int)
    spent: defaultdict[str, float] = defaultdict(float)
    for index, (kind, at, name) in enumerate(rows):
        done[name] += -1 if kind == "undo" else kind in DECIDING
        spent[name] += min(at - rows[index - 1][1], IDLE_S) if index else 0.0
    return {name: max(0, round(done[name] * 3600 / max(spent[name], 60.0))) for name in SPEEDS if name in done}

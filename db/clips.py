"""Which clips there are: pages of them, counts, names, and how their numbers lie.

Pages go on from the last clip seen, never by counting from the start.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select, true
from sqlalchemy.orm import Session

from db.filters import ClipFilter
from db.models import Clip, Event, Fact, LotClip, Score
from db.views import ClipView, describe

EVERYTHING = ClipFilter()


@dataclass(frozen=True, slots=True)
class Page:
    """Some clips, and where the next page goes on; `after` is None on the last."""

    clips: list[ClipView]
    after: int | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of a score lie between `low` and `high`, in bins of equal width."""

    name: str
    low: float
    high: float
    counts: tuple[int, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a clip's history."""

    key: str
    at: float
    actor: str
    kind: str
    detail: dict[str, Any]


def page(
    session: Session, wanted: ClipFilter = EVERYTHING, *, after: int | None = None, limit: int = 60, newest: bool = True
) -> Page:
    """The clips that follow clip `after` in the order asked for; from the start without it."""
    query = select(Clip.id).where(*wanted.conditions()).order_by(Clip.id.desc() if newest else Clip.id).limit(limit + 1)
    if not wanted.is_narrow:  # walk along the ids and stop when the page is full, instead of sorting what an index gives
        query = query.with_hint(Clip, "NOT INDEXED", "sqlite")
    if after is not None:
        query = query.where(Clip.id < after if newest else Clip.id > after)
    ids = list(session.scalars(query))
    return Page(describe(session, ids[:limit]), ids[limit - 1] if len(ids) > limit else None)


def count(session: Session, wanted: ClipFilter = EVERYTHING) -> int:
    return session.scalar(select(func.count()).select_from(Clip).where(*wanted.conditions())) or 0


def ids(session: Session, wanted: ClipFilter = EVERYTHING) -> list[int]:
    """All that pass, oldest first; fit for describing in portions."""
    return list(session.scalars(select(Clip.id).where(*wanted.conditions()).order_by(Clip.id)))


def find(session: Session, name: str) -> ClipView | None:
    """The clip with this number or key; the start of a key is enough when no other begins so."""
    wanted = Clip.id == int(name) if name.isdecimal() and len(name) < 19 else Clip.key.startswith(name, autoescape=True)
    found = list(session.scalars(select(Clip.id).where(wanted).limit(2)))
    return describe(session, found)[0] if len(found) == 1 else None


def history(session: Session, clip_id: int) -> list[Happening]:
    """What people did with a clip and with the lots it was in, oldest first."""
    lots = select(LotClip.sample_id).where(LotClip.clip_id == clip_id)
    of_lot = Event.clip_id.is_(None) & func.json_extract(Event.detail, "$.lot").in_(lots)
    events = session.scalars(select(Event).where((Event.clip_id == clip_id) | of_lot).order_by(Event.id))
    return [Happening(event.key, event.at, event.actor, event.kind, event.detail) for event in events]


def score_names(session: Session) -> list[str]:
    """Every score that was ever measured or missed."""
    return _distinct(session, Score.name)


def fact_names(session: Session) -> list[str]:
    return _distinct(session, Fact.name)


def reasons(session: Session, wanted: ClipFilter = EVERYTHING) -> list[tuple[str, int]]:
    """Why clips are dropped or cannot be judged, most frequent first. A clip with two reasons counts under both."""
    given = func.json_each(Clip.reasons).table_valued("value")
    query = select(given.c.value, func.count()).select_from(Clip).join(given, Clip.id.is_not(None))
    rows = session.execute(query.where(*wanted.conditions()).group_by(given.c.value)).all()
    return sorted(((str(row[0]), int(row[1])) for row in rows), key=lambda row: (-row[1], row[0]))


def tallies(session: Session, wanted: ClipFilter = EVERYTHING) -> dict[str, dict[str, int]]:
    """How many clips have each verdict and each review state: `{"verdict": {...}, "review": {...}}`."""
    found: dict[str, dict[str, int]] = {"verdict": defaultdict(int), "review": defaultdict(int)}
    query = select(Clip.verdict, Clip.review, func.count()).where(*wanted.conditions()).group_by(Clip.verdict, Clip.review)
    for verdict, review, number in session.execute(query):
        found["verdict"][verdict or "pending"] += number
        found["review"][review] += number
    return {name: dict(counts) for name, counts in found.items()}


def histogram(session: Session, name: str, *, bins: int = 24) -> Histogram:
    """How a score lies over all clips that are not superseded. Without any value it has no bins."""
    gone = select(Clip.id).where(Clip.superseded == 1)  # few; looking every clip up would take longer
    rows = select(Score.value).where(Score.name == name, Score.clip_id.not_in(gone))
    here = rows.subquery()
    value = here.c.value
    found: Any = session.execute(
        select(func.min(value), func.max(value), func.count(value), func.count()).select_from(here)
    ).one()
    low, high, given, total = found
    if low is None:
        return Histogram(name, 0.0, 0.0, (), total)
    width = (high - low) / bins or 1.0
    place = func.min(cast((value - low) / width, Integer), bins - 1)
    bars: dict[int, int] = dict(
        session.execute(select(place, func.count()).where(value.is_not(None)).group_by(place)).tuples().all()
    )
    return Histogram(name, low, high, tuple(bars.get(index, 0) for index in range(bins)), total - given)


def _distinct(session: Session, column: Any) -> list[str]:
    """The few names in a long column, by hopping along its index instead of reading all of it."""
    names: list[str] = []
    after: ColumnElement[bool] = true()
    while (name := session.scalar(select(func.min(column)).where(after))) is not None:
        names.append(name)
        after = column > name
    return names

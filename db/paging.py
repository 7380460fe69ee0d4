"""Pages of clips out of a million: in any order, by any filter, each within a bounded time.

A page goes on from a place, never by counting from the start. Where an index leads to few clips, those are looked at;
otherwise clips are walked along in the order asked for, in growing portions, until the page is full or the time is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, inspect, select, tuple_
from sqlalchemy.orm import Session, aliased

from db import conditions
from db.conditions import Condition, Ids
from db.filters import ClipFilter
from db.models import Clip, Score
from pipelines.errors import Usage

NEWEST, OLDEST, DECIDED = "newest", "oldest", "decided"
SYNONYMS = {"longest": "-duration", "shortest": "duration"}
"""Orders with a name of their own; any other is a score, with - before it the highest first."""
FEW = 5000
"""So many clips are all looked at."""
MANY = 100_000
PORTION, LARGEST = 1000, 32_000
WITHIN_S = 0.08


@dataclass(frozen=True, slots=True)
class Found:
    """Ids in order, and where the next ones begin; `after` is None at the end."""

    ids: list[int]
    after: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """By a value, clips of the same value by their number. Clips that have no such value are left out."""

    id: Any
    value: Any
    exists: tuple[ColumnElement[bool], ...]
    down: bool
    table: Any = None
    """Where the value lies, when it is not with the clip."""

    def rows(self, source: Select[Any], place: tuple[float, int] | None) -> Select[Any]:
        """What of `source` follows the place, in order."""
        if place is not None:
            here = tuple_(self.value, self.id)
            source = source.where(here < place if self.down else here > place)
        return source.order_by(*(end.desc() if self.down else end.asc() for end in (self.value, self.id)))


def order(sort: str) -> Order:
    """The order of this name."""
    name = SYNONYMS.get(sort, sort)
    if name in (NEWEST, OLDEST):
        return Order(Clip.id, Clip.id, (), down=name == NEWEST)
    if name == DECIDED:
        return Order(Clip.id, Clip.reviewed_at, (Clip.reviewed_at.is_not(None),), down=True)
    score = aliased(Score)
    measured = (score.name == name.removeprefix("-"), score.value.is_not(None))
    return Order(score.clip_id, score.value, measured, down=name.startswith("-"), table=inspect(score).selectable)


def ids(
    session: Session,
    wanted: ClipFilter,
    *,
    sort: str = NEWEST,
    after: str | None = None,
    limit: int,
    within_s: float = WITHIN_S,
) -> Found:
    """The next clips in this order. May hold fewer than `limit` and still go on, when the time is over."""
    way, place = order(sort), _place(after)
    asked = conditions.of(wanted)
    narrow = narrowest(session, asked)
    if narrow is not None:
        rows = session.execute(_among(way, asked, narrow, place).limit(limit + 1)).tuples().all()
        return _found(rows, limit)
    return _walk(session, asked, way, place, limit=limit, until=time.monotonic() + within_s)


def narrowest(session: Session, asked: Sequence[Condition]) -> Condition | None:
    """The condition whose index leads to the fewest clips, if they are few enough to look at each."""
    least, best = FEW, None
    for condition in asked:
        if condition.leads is None:
            continue
        number = session.scalar(select(func.count()).select_from(condition.leads.limit(least).subquery())) or 0
        if number < least:
            least, best = number, condition
    return best


def matching(session: Session, wanted: ClipFilter) -> Select[Any]:
    """All clips that pass, in no order, by the shortest way."""
    asked = conditions.of(wanted)
    narrow = narrowest(session, asked)
    if narrow is None:
        return select(Clip.id).where(*(one.holds for one in asked))
    clips, holds = conditions.led(narrow, asked)
    return select(Clip.id).select_from(clips).where(*holds)


def _among(way: Order, asked: Sequence[Condition], narrow: Condition, place: tuple[float, int] | None) -> Select[Any]:
    clips, holds = conditions.led(narrow, asked)
    values = clips if way.table is None else conditions.InThisOrder(clips, way.table, way.id == Clip.id)
    return way.rows(select(way.id, way.value).select_from(values).where(*way.exists, *holds), place)


def _walk(
    session: Session,
    asked: Sequence[Condition],
    way: Order,
    place: tuple[float, int] | None,
    *,
    limit: int,
    until: float,
) -> Found:
    found: list[tuple[int, float]] = []
    by_number = way.id is Clip.id and not way.exists
    picked = next((one for one in asked if one.walks), None) if by_number else None
    holds = [_asked_of_few(session, one) for one in asked if one is not picked]
    for size in _sizes():
        portion = _portion(way, picked, place, size)
        last = session.execute(select(*portion.c).offset(size - 1).limit(1)).tuples().first()
        fitting = select(*portion.c).select_from(conditions.look_up(portion)).where(*holds)
        ends = [end.desc() if way.down else end.asc() for end in (portion.c[1], portion.c[0])]
        found += session.execute(fitting.order_by(*ends).limit(limit + 1 - len(found))).tuples()
        if len(found) > limit or last is None:
            break
        place = (last[1], last[0])
        if time.monotonic() > until:
            return Found([row[0] for row in found], f"{place[0]!r}:{place[1]}")
    return _found(found, limit)


def _asked_of_few(session: Session, condition: Condition) -> ColumnElement[bool]:
    """How to ask it of the clips of a portion."""
    if condition.probe is None or condition.leads is None:
        return condition.holds
    number = session.scalar(select(func.count()).select_from(condition.leads.limit(MANY).subquery())) or 0
    return condition.holds if number < MANY else condition.probe


def _sizes() -> Iterator[int]:
    size = PORTION
    while True:
        yield size
        size = min(2 * size, LARGEST)


def _portion(way: Order, picked: Condition | None, place: tuple[float, int] | None, size: int) -> Subquery:
    """The next clips in order, fitting or not; of those in the order of their numbers, what an index already picks out."""
    if way.id is not Clip.id or way.exists:
        return way.rows(select(way.id, way.value).where(*way.exists), place).limit(size).subquery()
    bare: Ids = select(Clip.id)
    source = picked.leads if picked is not None and picked.leads is not None else bare
    number = source.selected_columns[0]
    if place is not None:
        source = source.where(number < place[1] if way.down else number > place[1])
    rows = source.order_by(number.desc() if way.down else number).limit(size).subquery()
    return select(rows.c[0].label("id"), rows.c[0].label("value")).subquery()


def _found(rows: Any, limit: int) -> Found:
    shown = list(rows[:limit])
    return Found([row[0] for row in shown], f"{shown[-1][1]!r}:{shown[-1][0]}" if len(rows) > limit else None)


def _place(after: str | None) -> tuple[float, int] | None:
    """A place as it went out: value and number. Raises `Usage`."""
    if after is None:
        return None
    value, _, number = after.rpartition(":")
    try:
        return float(value), int(number)
    except ValueError:
        raise Usage(f"{after!r} is no place in the library; begin again without it") from None

"""Which captions of which clip a person should compare next: first what is known least, and no clip twice at a time."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from db import arena, contestants
from db.clips import EVERYTHING
from db.contestants import Grouping, Origin
from db.filters import ClipFilter
from db.models import Ballot, Caption, Clip, Duel

NARROWEST, WIDEST = 2, 6
"""Columns."""
AT_ONCE = 200
"""Clips looked at together; the best matches are those of so many, not of a million."""
MOST_COLUMNS = 8
"""Of a clip with more, the latest are looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to compare."""

    only: ClipFilter = EVERYTHING
    by: Grouping = Grouping.VERSION
    among: frozenset[str] = frozenset()
    """Ids of contestants; empty for all."""
    width: int = NARROWEST
    votes: int = 1
    """People that each match is laid before; more than one when their agreement is of interest."""
    blind: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """Captions of the same words, and whose they are."""

    captions: tuple[int, ...]
    contestants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Captions of a clip that are to be laid side by side."""

    clip_id: int
    columns: tuple[Column, ...]
    begun: bool = False
    """Somebody has it before them, or the person that is asked for has."""

    @property
    def name(self) -> str:
        return ",".join(str(caption) for caption in sorted(one for column in self.columns for one in column.captions))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Contestants that a vote on it may set apart."""
        for left, right in combinations(self.columns, 2):
            yield from product(left.contestants, right.contestants)


@dataclass(slots=True)
class Tally:
    """Wins of each contestant over each other, ties as halves."""

    won: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def doubt(self, match: Match) -> float:
        return sum(arena.doubt(self.won[one, other], self.won[other, one]) for one, other in match.pairs())

    def expect(self, match: Match) -> None:
        """Count what is about to be asked as half won, so that the next choice is another one."""
        for one, other in match.pairs():
            self.won[one, other] += 0.5
            self.won[other, one] += 0.5


def tally(session: Session, by: Grouping) -> Tally:
    """What all votes so far say, by contestants."""
    first, second = aliased(Caption), aliased(Caption)
    one, other = contestants.columns(first), contestants.columns(second)
    query = select(func.sum(Duel.share), func.count(), *one, *other).select_from(Duel)
    query = query.join(first, first.id == Duel.first_id).join(second, second.id == Duel.second_id)
    found = Tally()
    rows: Iterable[Any] = session.execute(query.group_by(*one, *other))
    for share, number, *told in rows:
        left, right = (contestants.identify(Origin(*half), by) for half in (told[: len(one)], told[len(one) :]))
        found.won[left, right] += share
        found.won[right, left] += number - share
    return found


def find(session: Session, actor: str, asked: Asked, *, limit: int, without: Collection[int] = ()) -> list[Match]:
    """Matches for `actor` on clips other than `without`, those with the most doubt first. Reads only.

    Those that are begun come before others, so that what somebody else has voted on gets its second vote."""
    found: defaultdict[int, list[Match]] = defaultdict(list)
    seen = set(without)
    for pool in _pools(session, actor, asked):
        for match in _open_matches(session, actor, asked, [clip_id for clip_id in pool if clip_id not in seen]):
            found[match.clip_id].append(match)
        seen.update(pool)
        if len(found) >= limit:
            break
    return _neediest(found, tally(session, asked.by), limit) if found else []


def possible(session: Session, only: ClipFilter = EVERYTHING) -> bool:
    """Some clip has two captions or more."""
    return next(_captioned(session, only, true()), None) is not None


def _neediest(found: Mapping[int, Sequence[Match]], known: Tally, limit: int) -> list[Match]:
    """One match a clip, chosen one after the other."""
    left = dict(found)
    chosen: list[Match] = []
    while left and len(chosen) < limit:
        best = max((one for options in left.values() for one in options), key=lambda one: (one.begun, known.doubt(one)))
        chosen.append(best)
        known.expect(best)
        del left[best.clip_id]
    return chosen


def _pools(session: Session, actor: str, asked: Asked) -> Iterator[list[int]]:
    """Clips with two captions or more: those that are begun, then all from a random one on and around."""
    begun = list(session.scalars(select(Ballot.clip_id).where(_lent_to(actor))))
    if asked.votes > 1:
        voted = select(Ballot.clip_id).where(Ballot.choice.is_not(None)).group_by(Ballot.clip_id, Ballot.match)
        begun += session.scalars(voted.having(func.count() < asked.votes).limit(AT_ONCE))
    yield from _captioned(session, asked.only, Clip.id.in_(begun)) if begun else ()
    last = session.scalar(select(func.max(Clip.id))) or 0
    start = random.randint(0, last)
    yield from _captioned(session, asked.only, Clip.id > start)
    yield from _captioned(session, asked.only, Clip.id <= start)


def _captioned(session: Session, only: ClipFilter, within: ColumnElement[bool]) -> Iterator[list[int]]:
    after = 0
    two = select(Caption.clip_id).join(Clip, Clip.id == Caption.clip_id)
    two = two.where(*contestants.eligible(Caption), *only.conditions(), within)
    two = two.group_by(Caption.clip_id).having(func.count() > 1).order_by(Caption.clip_id).limit(AT_ONCE)
    while found := list(session.scalars(two.where(Caption.clip_id > after))):
        yield found
        after = found[-1]


def _open_matches(session: Session, actor: str, asked: Asked, clip_ids: Sequence[int]) -> Iterator[Match]:
    """All matches of these clips that `actor` may still be asked for."""
    ballots: defaultdict[int, list[Ballot]] = defaultdict(list)
    for ballot in session.scalars(
        select(Ballot).where(Ballot.clip_id.in_(clip_ids), or_(Ballot.choice.is_not(None), _lent()))
    ):
        ballots[ballot.clip_id].append(ballot)
    for clip_id, columns in _columns(session, asked, clip_ids).items():
        known = ballots[clip_id]
        held = sum(one.choice is None and one.actor != actor for one in known)
        if held < asked.votes:
            yield from _options(Match(clip_id, columns), known, actor, asked)


def _options(whole: Match, known: Sequence[Ballot], actor: str, asked: Asked) -> Iterator[Match]:
    for columns in combinations(whole.columns, min(asked.width, len(whole.columns))):
        name = Match(whole.clip_id, columns).name
        same = [one for one in known if one.match == name]
        others = sum(one.actor != actor for one in same)
        mine = next((one for one in same if one.actor == actor), None)
        if others < asked.votes and (mine is None or mine.choice is None):
            yield Match(whole.clip_id, columns, begun=bool(same))


def _columns(session: Session, asked: Asked, clip_ids: Sequence[int]) -> dict[int, tuple[Column, ...]]:
    """Of each clip the latest caption of every contestant; the same words are one column. Clips with fewer than two are
    left out: there is nothing to compare."""
    query = select(Caption.clip_id, Caption.id, Caption.text, *contestants.columns(Caption))
    wanted = query.where(Caption.clip_id.in_(clip_ids), *contestants.eligible(Caption)).order_by(Caption.id)
    rows: Iterable[Any] = session.execute(wanted)
    latest: defaultdict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    for clip_id, caption_id, text, *origin in rows:
        one = contestants.identify(Origin(*origin), asked.by)
        if not asked.among or one in asked.among:
            latest[clip_id][one] = (caption_id, " ".join(text.split()))
    merged = {clip_id: _merged(found) for clip_id, found in latest.items()}
    return {clip_id: columns[-MOST_COLUMNS:] for clip_id, columns in merged.items() if len(columns) > 1}


def _merged(found: Mapping[str, tuple[int, str]]) -> tuple[Column, ...]:
    alike: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one, (caption_id, text) in found.items():
        alike[text].append((caption_id, one))
    columns = [Column(*(tuple(side) for side in zip(*sorted(same), strict=True))) for same in alike.values()]
    return tuple(sorted(columns, key=lambda column: column.captions))


def _lent() -> ColumnElement[bool]:
    return and_(Ballot.choice.is_(None), Ballot.lent_until > time.time())


def _lent_to(actor: str) -> ColumnElement[bool]:
    return and_(Ballot.actor == actor, _lent())

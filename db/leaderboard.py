"""Standings of contestants: what all votes say together, whole or by slices of the library.

Ties count as half a win for each, and so do votes for "all bad", which besides count against everybody they were about: that
rate alone says whether the best is good. The statistics are in `arena`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import arena, contestants, duels
from db.clips import EVERYTHING
from db.contestants import Contestant, Grouping, Origin
from db.duels import Slice, Told
from db.filters import ClipFilter
from db.models import Caption, Clip
from db.stats.wilson import wilson


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which votes count, and how they are looked at."""

    by: Grouping = Grouping.VERSION
    only: ClipFilter = EVERYTHING
    split: Slice = Slice.NOTHING
    blind: bool = True
    """Leave out votes by people who knew who wrote what."""
    equal_length: bool = True
    """Take out what length alone decides."""
    share: float = 0.55
    """The preference that matters to who asks: how many votes would show it?"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One contestant. Points are on Elo's scale around a mean of 0; intervals hold 95 %."""

    contestant: Contestant
    points: float
    low: float
    high: float
    best: int
    worst: int
    """Places that the intervals leave open."""
    wins: int
    ties: int
    losses: int
    share: float
    """Wins and half the ties, of all duels."""
    shown: int
    """Ballots it was on."""
    bad: int
    """Those of them where all were bad."""
    bad_low: float
    bad_high: float
    characters: int
    """Of its captions, the median."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contestants against each other, and what would tell them apart."""

    one: str
    other: str
    share: float
    """Of the wins that `one` has."""
    votes: int
    needed: int | None
    """Votes that would show the difference between their strengths; None when there is none."""


@dataclass(frozen=True, slots=True)
class Board:
    """Standings over one slice, the strongest first."""

    name: str
    """Of the slice; empty for all votes."""
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    votes: int
    clips: int
    twice_as_long: float | None
    """How often a caption would be preferred to an equal of half its length; None when length was not looked at."""
    needed: int | None
    """Votes between two that would show the preference of interest."""


def standings(session: Session, wanted: Wanted) -> list[Board]:
    """A board for each slice that has votes, those with most votes first."""
    told, names = duels.load(session, wanted.by, only=wanted.only, blind=wanted.blind)
    slices: defaultdict[str, list[Told]] = defaultdict(list)
    slices_of = duels.slicer(session, wanted.split, {one.clip for one in told})
    for one in told:
        for name in slices_of(one):
            slices[name].append(one)
    boards = [_board(name, within, names, wanted) for name, within in slices.items()]
    return sorted(boards, key=lambda board: (-board.votes, board.name))


def known(session: Session, by: Grouping, only: ClipFilter = EVERYTHING) -> list[tuple[Contestant, int]]:
    """All contestants there are, with the number of clips that each has a caption for; most first."""
    told = contestants.columns(Caption)
    query = select(func.count(Caption.clip_id.distinct()), *told).join(Clip, Clip.id == Caption.clip_id)
    rows: Iterable[Any] = session.execute(query.where(*contestants.eligible(Caption), *only.conditions()).group_by(*told))
    counts: Counter[str] = Counter()
    origins = []
    for number, *origin in rows:
        origins.append(Origin(*origin))
        counts[contestants.identify(origins[-1], by)] += number
    names = contestants.name(session, origins, by)
    return sorted(((names[one], number) for one, number in counts.items()), key=lambda row: (-row[1], row[0].label))


def _board(name: str, told: Sequence[Told], names: Mapping[str, Contestant], wanted: Wanted) -> Board:
    ids = sorted({one.first for one in told} | {one.second for one in told})
    place = {one: index for index, one in enumerate(ids)}
    found = arena.estimate(_arrays(told, place), arena.at_equal_length if wanted.equal_length else arena.bradley_terry)
    rows = _standings(told, [names[one] for one in ids], found)
    strengths = {one: float(found.fit.strengths[place[one]]) for one in ids}
    return Board(
        name,
        tuple(sorted(rows, key=lambda row: -row.points)),
        tuple(_pairs(told, strengths)),
        votes=len({one.ballot for one in told}),
        clips=len({one.clip for one in told}),
        twice_as_long=arena.preferred(found.fit.length * math.log(2)) if wanted.equal_length else None,
        needed=arena.votes_needed(wanted.share),
    )


def _arrays(told: Sequence[Told], place: Mapping[str, int]) -> arena.Duels:
    clips = {clip: index for index, clip in enumerate(dict.fromkeys(one.clip for one in told))}
    first, second = np.array([place[one.first] for one in told]), np.array([place[one.second] for one in told])
    lengths = np.log([one.first_length for one in told]), np.log([one.second_length for one in told])
    longer, usual = arena.around_usual(first, second, lengths, contestants=len(place))
    share, clip = np.array([one.share for one in told]), np.array([clips[one.clip] for one in told])
    return arena.Duels(len(place), first, second, share, longer, clip, usual)


def _standings(told: Sequence[Told], who: Sequence[Contestant], found: arena.Estimate) -> Iterator[Standing]:
    low, high = found.interval()
    ranks = arena.rank_ranges(low, high)
    sides = _sides(told)
    points = np.column_stack([found.fit.strengths, low, high]) * arena.POINTS
    for one, (at, least, most), (best, worst) in zip(who, points.tolist(), ranks, strict=True):
        yield Standing(one, at, least, most, best, worst, **_counted(sides[one.id]))


@dataclass(frozen=True, slots=True)
class Side:
    """A duel as one of the two sees it."""

    ballot: int
    all_bad: bool
    share: float
    length: int


def _sides(told: Sequence[Told]) -> dict[str, list[Side]]:
    found: defaultdict[str, list[Side]] = defaultdict(list)
    for one in told:
        found[one.first].append(Side(one.ballot, one.all_bad, one.share, one.first_length))
        found[one.second].append(Side(one.ballot, one.all_bad, 1 - one.share, one.second_length))
    return found


def _counted(sides: Sequence[Side]) -> dict[str, Any]:
    results = Counter(side.share for side in sides)
    shown, bad = len({side.ballot for side in sides}), len({side.ballot for side in sides if side.all_bad})
    failing = wilson(bad, shown)
    return {
        "wins": results[1.0],
        "ties": results[0.5],
        "losses": results[0.0],
        "share": sum(side.share for side in sides) / len(sides),
        "shown": shown,
        "bad": bad,
        "bad_low": failing.low,
        "bad_high": failing.high,
        "characters": int(np.median([side.length for side in sides])),
    }


def _pairs(told: Sequence[Told], strengths: Mapping[str, float]) -> Iterator[Pair]:
    met: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for one in told:
        first = strengths[one.first] >= strengths[one.second]
        met[(one.first, one.second) if first else (one.second, one.first)].append(one.share if first else 1 - one.share)
    for (better, other), shares in met.items():
        needed = arena.votes_needed(arena.preferred(strengths[better] - strengths[other]))
        yield Pair(better, other, sum(shares) / len(shares), len(shares), needed)

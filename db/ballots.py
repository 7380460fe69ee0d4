"""Ballots: captions of a clip laid side by side before one person, lent like clips in Review.

The order of the columns is drawn here, for each person and match, and kept with its seed: a ballot that comes back looks the
same. A blind ballot gives out words alone: no name, and no number from which one could be read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import contestants, views
from db.contestants import Contestant, Grouping, Origin
from db.matches import Asked, Match
from db.models import Ballot, Caption
from db.views import ClipView

LEASE_S = 300.0
"""How long a ballot keeps its clip from others, unless its holder asks again."""


@dataclass(frozen=True, slots=True)
class Footage:
    """What is needed to watch a clip, and nothing that was said of it."""

    id: int
    key: str
    video: str
    start_s: float
    end_s: float
    frames: int
    fps: float
    size: tuple[int, int]
    times_s: tuple[float, ...]
    tile: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """The words of one column, and whose they are where that may be known."""

    text: str
    by: tuple[Contestant, ...]


@dataclass(frozen=True, slots=True)
class BallotView:
    """A clip with its columns in the order drawn for one person."""

    id: int
    clip: Footage
    columns: tuple[ColumnView, ...]
    blind: bool
    version: int


def lend(session: Session, actor: str, found: Sequence[Match], asked: Asked, *, limit: int) -> list[BallotView]:
    """Ballots for the first of these matches whose clips nobody else has taken since they were found."""
    others = select(Ballot.clip_id, func.count()).where(Ballot.clip_id.in_([match.clip_id for match in found]))
    others = others.where(Ballot.actor != actor, Ballot.choice.is_(None), Ballot.lent_until > time.time())
    held = dict(session.execute(others.group_by(Ballot.clip_id)).tuples().all())
    free = [match for match in found if held.get(match.clip_id, 0) < asked.votes and _open(session, match, actor, asked)]
    return _seen(session, [_lend(session, actor, match, asked) for match in free[:limit]], asked.by)


def renew(session: Session, actor: str, ballot_ids: Collection[int]) -> list[int]:
    """Lend these for another five minutes, as they are at hand; the clips they are about."""
    mine = (Ballot.id.in_(ballot_ids), Ballot.actor == actor)
    session.execute(update(Ballot).where(*mine, Ballot.choice.is_(None)).values(lent_until=time.time() + LEASE_S))
    return list(session.scalars(select(Ballot.clip_id).where(*mine)))


def authors(session: Session, ballots: Sequence[Ballot], by: Grouping) -> list[tuple[tuple[Contestant, ...], ...]]:
    """For every column of every ballot whose captions it holds."""
    ids = [caption for ballot in ballots for slot in ballot.slots for caption in slot]
    rows: Iterable[Any] = session.execute(select(Caption.id, *contestants.columns(Caption)).where(Caption.id.in_(ids)))
    origins = {caption_id: Origin(*told) for caption_id, *told in rows}
    names = contestants.name(session, origins.values(), by)
    who = {caption_id: names[contestants.identify(origin, by)] for caption_id, origin in origins.items()}
    return [tuple(tuple(dict.fromkeys(who[one] for one in slot)) for slot in ballot.slots) for ballot in ballots]


def _open(session: Session, match: Match, actor: str, asked: Asked) -> bool:
    """It lacked a vote when it was found, and may have got it since."""
    voted = Ballot.clip_id == match.clip_id, Ballot.match == match.name, Ballot.choice.is_not(None)
    voters = session.scalars(select(Ballot.actor).where(*voted)).all()
    return len(voters) < asked.votes and actor not in voters


def _lend(session: Session, actor: str, match: Match, asked: Asked) -> Ballot:
    ballot = session.scalar(select(Ballot).where(Ballot.actor == actor, Ballot.match == match.name))
    if ballot is None:
        now, seed = time.time(), random.SystemRandom().getrandbits(31)
        ballot = Ballot(clip_id=match.clip_id, actor=actor, match=match.name, seed=seed, blind=1, version=0, created_at=now)
        ballot.slots = [list(column.captions) for column in match.columns]
        random.Random(seed).shuffle(ballot.slots)
        session.add(ballot)
    if not asked.blind:
        ballot.blind = 0
    ballot.lent_until = time.time() + LEASE_S
    session.flush()
    return ballot


def _seen(session: Session, ballots: Sequence[Ballot], by: Grouping) -> list[BallotView]:
    clips = {clip.id: clip for clip in views.describe(session, [ballot.clip_id for ballot in ballots])}
    told = iter(authors(session, [ballot for ballot in ballots if not ballot.blind], by))
    nobody = [((),) * len(ballot.slots) if ballot.blind else next(told) for ballot in ballots]
    return [_view(ballot, clips[ballot.clip_id], names) for ballot, names in zip(ballots, nobody, strict=True)]


def _view(ballot: Ballot, clip: ClipView, by: Sequence[tuple[Contestant, ...]]) -> BallotView:
    words = {caption.id: caption.text for caption in clip.captions}
    columns = tuple(ColumnView(words[slot[0]], names) for slot, names in zip(ballot.slots, by, strict=True))
    footage = Footage(**{name: getattr(clip, name) for name in Footage.__slots__})
    return BallotView(ballot.id, footage, columns, bool(ballot.blind), ballot.version)

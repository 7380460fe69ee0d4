"""Comparisons: which of some captions a person prefers, kept once, and how that is taken back.

A vote becomes duels, one for every two captions it sets apart. Standings, what to ask next, and preference pairs are read
from those.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import ballots
from db.ballots import LEASE_S
from db.clips import EVERYTHING
from db.contestants import Contestant, Grouping
from db.filters import ClipFilter
from db.models import Ballot, Clip, Duel, Event
from pipelines.errors import Usage

RATE_WINDOW_S = 600.0
ALL_BAD, EQUAL = -1, 0
VOTE, UNDO = "vote", "unvote"
REASONS = ("more correct", "leaves out less", "action and order", "camera", "reads better")
"""In the order of their keys."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What a person chose on a ballot as it was at `version`."""

    key: str
    """Made by the sender, so that sending again changes nothing."""
    ballot_id: int
    version: int
    choice: int | None
    """Column from 1, `EQUAL`, `ALL_BAD`, or None to take the vote back."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voted:
    """The vote is kept; now it may be known who wrote what."""

    ballot_id: int
    version: int
    choice: int | None
    by: tuple[tuple[Contestant, ...], ...]
    """For each column."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many votes there are. `per_hour` is the actor's own pace over the last ten minutes."""

    mine: int
    all: int
    per_hour: int


class Preference(NamedTuple):
    """Two captions of one clip, of which somebody chose one."""

    clip_id: int
    chosen: int
    rejected: int
    by: str


def vote(session: Session, vote: Vote, actor: str) -> Voted:
    """Keep a vote, or take it back, once. Raises `Usage` for one that makes no sense."""
    ballot = session.get(Ballot, vote.ballot_id)
    if ballot is None or ballot.actor != actor:
        raise Usage(f"there is no comparison {vote.ballot_id} of yours to vote on; load the page again")
    if again := session.scalar(select(Event).where(Event.key == vote.key)):
        return _repeated(session, again, ballot, vote)
    _check(ballot, vote)
    session.execute(delete(Duel).where(Duel.ballot_id == ballot.id))
    _keep(ballot, vote)
    session.add_all(_duels(ballot))
    detail = {"ballot": ballot.id, "version": ballot.version, "choice": vote.choice, "reasons": list(vote.reasons)}
    detail |= {"captions": ballot.slots, "blind": ballot.blind}
    kind = UNDO if vote.choice is None else VOTE
    session.add(Event(key=vote.key, at=time.time(), actor=actor, kind=kind, clip_id=ballot.clip_id, detail=detail))
    session.flush()
    return _voted(session, ballot, vote.choice, ballot.version)


def progress(session: Session, actor: str) -> Progress:
    voted = select(func.count()).select_from(Ballot).where(Ballot.choice.is_not(None))
    mine = session.scalar(voted.where(Ballot.actor == actor)) or 0
    return Progress(mine, session.scalar(voted) or 0, _pace(session, actor))


def preferences(session: Session, only: ClipFilter = EVERYTHING) -> Iterator[Preference]:
    """Every vote that put one caption above another, in the order of the votes' ballots. Ties and "all bad" say nothing.

    Of captions with the same words the oldest stands for all."""
    query = select(Ballot.clip_id, Duel.first_id, Duel.second_id, Duel.share, Ballot.actor, Ballot.slots)
    query = query.join(Ballot, Ballot.id == Duel.ballot_id).join(Clip, Clip.id == Ballot.clip_id)
    query = query.where(Duel.share != 0.5, *only.conditions()).order_by(Ballot.id, Duel.first_id, Duel.second_id)
    rows: Iterable[Any] = session.execute(query.execution_options(yield_per=1000))
    for clip_id, one, other, share, actor, slots in rows:
        if {one, other} <= {slot[0] for slot in slots}:
            yield Preference(clip_id, *((one, other) if share else (other, one)), actor)


def _check(ballot: Ballot, vote: Vote) -> None:
    if ballot.version != vote.version:
        raise Usage(f"you voted on clip {ballot.clip_id} in another place since; that vote stands")
    if vote.choice is None and ballot.choice is None:
        raise Usage(f"there is no vote on clip {ballot.clip_id} to take back")
    if vote.choice is not None and not ALL_BAD <= vote.choice <= len(ballot.slots):
        raise Usage(f"clip {ballot.clip_id} was shown with {len(ballot.slots)} captions, and {vote.choice} is none of them")
    if unknown := set(vote.reasons) - set(REASONS):
        raise Usage(f"{', '.join(sorted(unknown))} is no reason; known are {', '.join(REASONS)}")


def _keep(ballot: Ballot, vote: Vote) -> None:
    now = time.time()
    ballot.version += 1
    ballot.choice, ballot.reasons = vote.choice, list(vote.reasons)
    if vote.choice is None:  # the names have been seen: whatever is chosen now is not blind any more
        ballot.voted_at, ballot.lent_until, ballot.blind = None, now + LEASE_S, 0
    else:
        ballot.voted_at, ballot.lent_until = now, None


def _duels(ballot: Ballot) -> Iterator[Duel]:
    if ballot.choice is None:
        return
    for left, right in combinations(range(1, len(ballot.slots) + 1), 2):
        if ballot.choice <= EQUAL or ballot.choice in (left, right):
            for one, other in product(ballot.slots[left - 1], ballot.slots[right - 1]):
                yield _duel(ballot.id, one, other, 0.5 if ballot.choice <= EQUAL else float(ballot.choice == left))
    for slot in ballot.slots:
        for one, other in combinations(slot, 2):  # the same words are equal, whatever was chosen
            yield _duel(ballot.id, one, other, 0.5)


def _duel(ballot_id: int, one: int, other: int, share: float) -> Duel:
    """Which names the lower id first; `share` is that of `one`."""
    first, second = sorted((one, other))
    return Duel(ballot_id=ballot_id, first_id=first, second_id=second, share=share if one == first else 1 - share)


def _repeated(session: Session, event: Event, ballot: Ballot, vote: Vote) -> Voted:
    same = event.kind in (VOTE, UNDO) and event.detail.get("ballot") == ballot.id and event.detail["choice"] == vote.choice
    if not same or event.actor != ballot.actor:
        raise Usage(f"the key {vote.key!r} was already used for another action")
    return _voted(session, ballot, vote.choice, event.detail["version"])


def _voted(session: Session, ballot: Ballot, choice: int | None, version: int) -> Voted:
    (by,) = ballots.authors(session, [ballot], Grouping.VERSION)
    return Voted(ballot.id, version, choice, by)


def _pace(session: Session, actor: str) -> int:
    now = time.time()
    made = select(Event.kind, Event.at).where(
        Event.actor == actor, Event.kind.in_((VOTE, UNDO)), Event.at > now - RATE_WINDOW_S
    )
    rows = session.execute(made).tuples().all()
    if not rows:
        return 0
    done = sum(1 if kind == VOTE else -1 for kind, _ in rows)
    return max(0, round(done * 3600 / max(now - min(at for _, at in rows), 60.0)))

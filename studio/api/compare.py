"""Compare: ballots handed out, votes taken, standings."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from db import ballots, comparisons, leaderboard, matches
from db.ballots import BallotView
from db.comparisons import Progress, Vote, Voted
from db.contestants import Contestant, Grouping
from db.duels import Slice
from db.filters import ClipFilter
from db.leaderboard import Board, Wanted
from db.matches import Asked
from studio import telling
from studio.api.review import where
from studio.auth import Who
from studio.languages import Told
from studio.page import Studio

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{10}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[\w-]{8,64}$")]
Line = Annotated[str, StringConstraints(max_length=1000)]
Where = Annotated[list[Line], Query(alias="where", max_length=50)]
AT_MOST = 30
"""Ballots a claim."""


class Wish(BaseModel):
    """What to compare: of the clips that `where` lets pass the captions of `among`, `width` of them at a time."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(8, ge=0, le=AT_MOST)
    held: list[int] = Field(default_factory=list, max_length=2000)
    """Ballots at hand: they stay lent, and their clips do not come again."""
    where: list[Line] = Field(default_factory=list, max_length=50)
    by: Grouping = Grouping.VERSION
    among: list[Id] = Field(default_factory=list, max_length=100)
    width: int = Field(2, ge=matches.NARROWEST, le=matches.WIDEST)
    votes: int = Field(1, ge=1, le=10)
    """People a match is laid before."""
    blind: bool = True


class Lent(BaseModel):
    """Ballots lent to who asked. Those that are blind name nobody."""

    user: str
    ballots: list[BallotView]
    progress: Progress
    reasons: tuple[str, ...]
    possible: bool
    """There are clips with two captions or more, whether or not one is left to vote on."""


class Given(BaseModel):
    """A vote as it comes over the line."""

    model_config = ConfigDict(extra="forbid")
    key: Key
    ballot_id: int
    clip_id: int
    """Said again by the sender, for itself."""
    version: int = Field(ge=0)
    choice: int | None = Field(ge=comparisons.ALL_BAD, le=matches.WIDEST)
    """Column from 1, 0 for equal, -1 for all bad, null to take the vote back."""
    reasons: list[Line] = Field(default_factory=list, max_length=10)


class Known(BaseModel):
    """A contestant, and for how many clips it has a caption."""

    contestant: Contestant
    clips: int


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/compare")
    store = studio.store

    @router.post("/claim")
    def claim(wish: Wish, who: Who, told: Told) -> Lent:
        with store.write() as session:
            at_hand = ballots.renew(session, who, wish.held)
        with store.read() as session:  # looking for what to ask next holds nobody up
            asked = asked_for(wish, where(session, wish.where))
            found = matches.find(session, who, asked, limit=2 * wish.limit, without=at_hand) if wish.limit else []
            possible = bool(found) or matches.possible(session, asked.only)
        with store.write() as session:
            lent = ballots.lend(session, who, found, asked, limit=wish.limit)
        with store.read() as session:
            progress = comparisons.progress(session, who)
        lent = [telling.ballot(one, told) for one in lent]
        return Lent(user=who, ballots=lent, progress=progress, reasons=comparisons.REASONS, possible=possible)

    @router.post("/vote")
    def vote(given: Given, who: Who, told: Told) -> Voted:
        wish = Vote(given.key, given.ballot_id, given.version, given.choice, tuple(given.reasons))
        with store.write() as session:
            kept = comparisons.vote(session, wish, who)
        return replace(kept, by=tuple(telling.authors(column, told) for column in kept.by))

    @router.get("/contestants")
    def contestants(told: Told, by: Grouping = Grouping.VERSION, where_: Where = []) -> list[Known]:  # noqa: B006
        with store.read() as session:
            found = leaderboard.known(session, by, where(session, where_))
        return [Known(contestant=telling.contestant(one, told), clips=number) for one, number in found]

    @router.get("/standings")
    def standings(
        told: Told,
        by: Grouping = Grouping.VERSION,
        where_: Where = [],  # noqa: B006
        split: Slice = Slice.NOTHING,
        blind: bool = True,
        equal_length: bool = True,
        share: Annotated[float, Query(gt=0.5, lt=1)] = 0.55,
    ) -> list[Board]:
        with store.read() as session:
            wanted = Wanted(by, where(session, where_), split, blind, equal_length, share)
            boards = leaderboard.standings(session, wanted)
        return [telling.board(one, told) for one in boards]

    return router


def asked_for(wish: Wish, only: ClipFilter) -> Asked:
    return Asked(only, wish.by, frozenset(wish.among), wish.width, wish.votes, wish.blind)

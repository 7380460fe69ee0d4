"""Duels as standings need them: who met whom on which clip, with what result, and in which slices of the library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import contestants
from db.clips import EVERYTHING
from db.comparisons import ALL_BAD
from db.contestants import Contestant, Grouping, Origin
from db.filters import ClipFilter
from db.models import Ballot, Caption, Clip, Duel, Score, Tag

STILL, LIVELY = 0.002, 0.05
"""Motion in frame diagonals a second: below nothing moves, above much does."""
SHORT, LONG = 200, 500
"""Characters of the longer caption of two."""


class Slice(StrEnum):
    """What standings can be split by."""

    NOTHING = "nothing"
    TAG = "tag"
    MOTION = "motion"
    LENGTH = "length"
    PERSON = "person"
    """Who voted."""


@dataclass(frozen=True, slots=True)
class Told:
    """One duel with all that standings need of it."""

    ballot: int
    clip: int
    actor: str
    all_bad: bool
    share: float
    first: str
    second: str
    first_length: int
    second_length: int


def load(
    session: Session, by: Grouping, *, only: ClipFilter = EVERYTHING, blind: bool = False
) -> tuple[list[Told], dict[str, Contestant]]:
    """All duels between two contestants, and these by their id; of `blind` votes alone, when that is asked for."""
    first, second = aliased(Caption), aliased(Caption)
    one, other = contestants.columns(first), contestants.columns(second)
    query = select(Ballot.id, Ballot.clip_id, Ballot.actor, Ballot.choice, Duel.share, func.length(first.text))
    query = query.add_columns(func.length(second.text), *one, *other).select_from(Duel)
    query = query.join(Ballot, Ballot.id == Duel.ballot_id).join(Clip, Clip.id == Ballot.clip_id)
    query = query.join(first, first.id == Duel.first_id).join(second, second.id == Duel.second_id)
    conditions = [*only.conditions(), *([Ballot.blind == 1] if blind else [])]
    origins: dict[Origin, str] = {}
    found = []
    rows: Iterable[Any] = session.execute(query.where(*conditions))
    for ballot, clip, actor, choice, share, first_length, second_length, *parts in rows:
        left, right = (_known(origins, Origin(*half), by) for half in (parts[: len(one)], parts[len(one) :]))
        if left != right:
            bad = choice == ALL_BAD
            found.append(Told(ballot, clip, actor, bad, share, left, right, first_length, second_length))
    return found, contestants.name(session, origins, by)


def _known(origins: dict[Origin, str], origin: Origin, by: Grouping) -> str:
    """As `identify`, which digests: there are few origins, and many duels."""
    if origin not in origins:
        origins[origin] = contestants.identify(origin, by)
    return origins[origin]


def slicer(session: Session, split: Slice, clip_ids: set[int]) -> Callable[[Told], Sequence[str]]:
    """Gives for a duel the slices that it belongs to."""
    if split is Slice.PERSON:
        return lambda one: (one.actor,)
    if split is Slice.LENGTH:
        return lambda one: (_length(max(one.first_length, one.second_length)),)
    if split is Slice.MOTION:
        rows = session.execute(select(Score.clip_id, Score.value).where(Score.name == "motion")).tuples()
        motion = {clip: value for clip, value in rows if clip in clip_ids}
        return lambda one: (_motion(motion.get(one.clip)),)
    if split is Slice.TAG:
        tags: defaultdict[int, list[str]] = defaultdict(list)
        for clip, tag in session.execute(select(Tag.clip_id, Tag.tag)).tuples():
            tags[clip].append(tag)
        return lambda one: tags.get(one.clip) or ("no tag",)
    return lambda _: ("",)


def _length(characters: int) -> str:
    if characters < SHORT:
        return f"short, under {SHORT} characters"
    return f"long, {LONG} characters and more" if characters >= LONG else f"medium, {SHORT} to {LONG} characters"


def _motion(value: float | None) -> str:
    if value is None:
        return "motion not measured"
    if value < STILL:
        return f"nothing moves, below {STILL:g}"
    return f"much moves, {LIVELY:g} and above" if value >= LIVELY else f"some moves, {STILL:g} to {LIVELY:g}"

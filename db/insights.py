"""What the whole library tells at a glance: how much people did, how it was received, how captions read, how it all drifts.

Each figure is one pass over an index or a table; days are whole ones in UTC, named by their first second.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from db.models import Caption, Clip, Event, Fingerprint, Prompt, Run, Score
from db.stats.wilson import Interval, wilson
from pipelines.errors import Usage
from pipelines.records import Author, Outcome

DAY_S = 86_400
COUNTED = ("accept", "edit", "reject")
WORDS_A_BIN = 10
MOST_READ = 20_000
"""Captions whose length is counted; of more, every so many-th clip's."""
NEWEST = 5000
"""Captions whose words are looked at one by one."""
MOST_SHOWN = 25
SHORTEST_WORD = 4
"""Letters; shorter ones are mostly articles and prepositions."""

judged = aliased(Caption)
"""The caption in force."""
before = aliased(Caption)
"""The one it was written over."""
_by_person = and_(judged.author == Author.PERSON, judged.parent_id.is_not(None))


@dataclass(frozen=True, slots=True)
class Day:
    """What one person decided on one day."""

    day: int
    person: str
    accept: int
    edit: int
    reject: int


@dataclass(frozen=True, slots=True)
class Received:
    """How captions or clips of one kind were received by people. The interval is of the share accepted as they were."""

    name: str
    accepted: int
    edited: int
    rejected: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many captions in force have how many words, counted by tens from 0; and words a caption, day by day."""

    counts: tuple[int, ...]
    mean: float
    by_model: tuple[tuple[str, int, float], ...]
    by_day: tuple[tuple[int, float, int], ...]
    every: int
    """Of so many clips one was read."""


@dataclass(frozen=True, slots=True)
class Words:
    """Of the newest captions in force: how rich their words are, and what they have in common."""

    captions: int
    words: int
    different: int
    frequent: tuple[tuple[str, int], ...]
    """In how many captions each occurs."""
    openings: tuple[tuple[str, int], ...]
    """First three words, and how many captions begin so."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Clips that look alike, and captions that read alike."""

    groups: int
    clips: int
    captions: int
    """Clips whose caption another one has too, word for word."""
    most: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OfRun:
    """A score over the clips of one run."""

    run_id: int
    at: float
    clips: int
    mean: float
    spread: float
    """Standard deviation."""


def days(session: Session, *, most: int = 60) -> list[Day]:
    """The last days on which somebody decided, oldest first."""
    day = cast(Event.at / DAY_S, Integer) * DAY_S
    since = (time.time() // DAY_S - most + 1) * DAY_S
    counted = select(day, Event.actor, Event.kind, func.count()).where(Event.kind.in_(COUNTED), Event.at >= since)
    counts: dict[tuple[int, str], Counter[str]] = {}
    for at, person, kind, number in session.execute(counted.group_by(day, Event.actor, Event.kind)).tuples():
        counts.setdefault((at, person), Counter())[kind] = number
    return [Day(at, person, *(found[kind] for kind in COUNTED)) for (at, person), found in sorted(counts.items())]


def received(session: Session, by: str) -> list[Received]:
    """By recipe, model, prompt or reviewer: the most frequent first."""
    if by not in KINDS:
        raise Usage(f"nothing is counted by {by!r}; known are {', '.join(KINDS)}")
    name, joined = KINDS[by]()
    accepted, edited = and_(Clip.review == "accepted", ~_by_person), and_(Clip.review == "accepted", _by_person)
    counted = (_number(accepted), _number(edited), _number(Clip.review == "rejected"))
    query = joined.with_only_columns(name, *counted, maintain_column_froms=True)
    decided = query.where(Clip.superseded == 0, Clip.review.in_(("accepted", "rejected")))
    rows = session.execute(decided.group_by(name).order_by(func.count().desc()).limit(MOST_SHOWN))
    return [Received(str(row[0]), *row[1:], wilson(row[1], sum(row[1:]))) for row in rows]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _captioned() -> Select[Any]:
    return select(Clip.id).join(judged, judged.id == Clip.caption_id).outerjoin(before, before.id == judged.parent_id)


def _by_recipe() -> tuple[ColumnElement[str], Select[Any]]:
    return func.coalesce(Run.recipe, "no run"), _captioned().outerjoin(Run, Run.id == Clip.run_id)


def _by_model() -> tuple[ColumnElement[str], Select[Any]]:
    model = case((_by_person, before.model), else_=judged.model)
    return func.coalesce(func.nullif(model, ""), "no model"), _captioned()


def _by_prompt() -> tuple[ColumnElement[str], Select[Any]]:
    digest = case((_by_person, before.prompt_digest), else_=judged.prompt_digest)
    named = Prompt.name + literal(" v") + cast(Prompt.version, Caption.text.type)
    return func.coalesce(named, "no prompt"), _captioned().outerjoin(Prompt, Prompt.digest == digest)


def _by_reviewer() -> tuple[ColumnElement[str], Select[Any]]:
    return func.coalesce(Clip.reviewed_by, "nobody"), _captioned()


KINDS: dict[str, Callable[[], tuple[ColumnElement[str], Select[Any]]]] = {
    "model": _by_model,
    "prompt": _by_prompt,
    "recipe": _by_recipe,
    "reviewer": _by_reviewer,
}


def refusals(session: Session) -> list[tuple[str, int]]:
    """Why people rejected, the most frequent first."""
    rejected = select(Clip.reject_reason, func.count()).where(Clip.superseded == 0, Clip.review == "rejected")
    rows = session.execute(rejected.group_by(Clip.reject_reason).order_by(func.count().desc()).limit(MOST_SHOWN))
    return [(reason or "no reason", number) for reason, number in rows.tuples()]


def lengths(session: Session) -> Lengths:
    """Of captions in force that ended well. Words are what stands between spaces."""
    text = func.trim(Caption.text)
    words = func.length(text) - func.length(func.replace(text, " ", "")) + 1
    day = cast(Caption.created_at / DAY_S, Integer) * DAY_S
    name = func.coalesce(func.nullif(Caption.model, ""), "people")
    columns = (day, name, cast(words / WORDS_A_BIN, Integer), func.count(), func.sum(words))
    every = max(1, (session.scalar(select(func.max(Clip.id))) or 0) // MOST_READ)
    read = _in_force(columns).where(Clip.id % every == 0)
    query = read.group_by(day, name, cast(words / WORDS_A_BIN, Integer))
    rows: Sequence[Any] = session.execute(query).all()
    bins, number, total = Counter[int](), sum(row[3] for row in rows), sum(row[4] for row in rows)
    for row in rows:
        bins[row[2]] += row[3]
    return Lengths(
        tuple(bins[at] for at in range(max(bins, default=-1) + 1)),
        total / max(1, number),
        tuple((model, count, mean) for model, (count, mean) in _means(rows, 1).items()),
        tuple((at, mean, count) for at, (count, mean) in _means(rows, 0).items()),
        every,
    )


def _means(rows: Sequence[Any], place: int) -> dict[Any, tuple[int, float]]:
    """Captions and words a caption, for each value in one place of the rows."""
    found: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        found[row[place]][0] += row[3]
        found[row[place]][1] += row[4]
    return {name: (number, total / number) for name, (number, total) in sorted(found.items())}


def _in_force(columns: Any) -> Select[Any]:
    there = select(*columns).select_from(Clip).join(Caption, Caption.id == Clip.caption_id)
    return there.where(Clip.superseded == 0, Caption.outcome == Outcome.OK)


def words(session: Session, *, newest: int = NEWEST) -> Words:
    """How the newest captions in force read."""
    texts = session.scalars(_in_force((Caption.text,)).order_by(Caption.id.desc()).limit(newest))
    captions = [re.findall(r"\w+", text.lower()) for text in texts]
    frequent = Counter(word for caption in captions for word in set(caption) if len(word) >= SHORTEST_WORD)
    openings = Counter(" ".join(caption[:3]) for caption in captions if len(caption) >= 3)
    every = Counter(word for caption in captions for word in caption)
    return Words(len(captions), every.total(), len(every), _most(frequent, MOST_SHOWN), _most(openings, 8))


def _most(counted: Counter[str], number: int) -> tuple[tuple[str, int], ...]:
    """The most frequent; of equally frequent ones the first in the alphabet."""
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:number])


def copies(session: Session) -> Copies:
    """Groups of near-identical clips, and captions that came out alike."""
    groups, clips = session.execute(
        select(func.count(Fingerprint.group_id.distinct()), func.count()).where(Fingerprint.group_id.is_not(None))
    ).one()
    alike = _in_force((Caption.text, func.count().label("number"))).group_by(Caption.text).having(func.count() > 1)
    rows = session.execute(alike.order_by(func.count().desc())).tuples().all()
    return Copies(groups, clips, sum(number for _, number in rows), tuple((text, number) for text, number in rows[:5]))


def by_run(session: Session, score: str) -> list[OfRun]:
    """How a score lies in each run, in the order in which they were asked for."""
    value = Score.value
    columns = (Run.id, Run.created_at, func.count(value), func.avg(value), func.avg(value * value))
    joined = select(*columns).select_from(Score).join(Clip, Clip.id == Score.clip_id).join(Run, Run.id == Clip.run_id)
    wanted = joined.where(Score.name == score, value.is_not(None), Clip.superseded == 0)
    rows = session.execute(wanted.group_by(Run.id).order_by(Run.id)).tuples()
    return [OfRun(run, at, n, mean, max(0.0, square - mean * mean) ** 0.5) for run, at, n, mean, square in rows]

"""A filter as SQL: what must hold of a clip, and which index leads to the clips of which it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Join, Select, Subquery, and_, exists, false, func, not_, or_, select, text, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased

from db import search
from db.filters import AHEAD, NO_CAPTION, PENDING, ClipFilter, ScoreRange
from db.models import Caption, Clip, Fact, LotClip, Note, Prompt, SampleItem, Score, Tag, Tally, VideoPath

Ids = Select[tuple[int]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold."""

    holds: ColumnElement[bool]
    """Over `Clip`."""
    leads: Ids | None = None
    """Ids found by an index alone."""
    exact: bool = True
    """It holds of all of these; else some may be among them of which it does not, never fewer."""
    walks: bool = False
    """That index gives exactly the clips of which it holds, in the order of their ids."""
    probe: ColumnElement[bool] | None = None
    """The same question, for asking of a few clips where so many fit that listing them all takes longer."""


def of(wanted: ClipFilter) -> list[Condition]:
    """To be joined by AND over `Clip`."""
    current = [] if wanted.superseded else [Condition(Clip.superseded == 0)]
    return [*current, *_inner(wanted)]


def holds(wanted: ClipFilter) -> list[ColumnElement[bool]]:
    return [condition.holds for condition in of(wanted)]


class InThisOrder(Join):
    """A join whose left side is gone through and whose right side is looked up; SQLite may not turn it round."""

    inherit_cache = True


@compiles(InThisOrder)
def _cross_join(join: InThisOrder, compiler: Any, *, from_linter: Any = None, **kw: Any) -> str:
    given = kw | {"asfrom": True}
    left, right = compiler.process(join.left, **given), compiler.process(join.right, **given)
    return f"{left} CROSS JOIN {right} ON {compiler.process(join.onclause, **(kw | {'asfrom': False}))}"


def led(found: Condition, asked: Iterable[Condition]) -> tuple[InThisOrder, list[ColumnElement[bool]]]:
    """Clips that one of the conditions leads to, each once, and what else is asked of them."""
    assert found.leads is not None
    ids = found.leads.distinct().subquery()
    return look_up(ids), [one.holds for one in asked if one is not found or not found.exact]


def look_up(ids: Subquery) -> InThisOrder:
    """The clips whose numbers are in the first column."""
    return InThisOrder(ids, Clip.__table__, Clip.id == ids.c[0])


def _inner(wanted: ClipFilter) -> list[Condition]:
    """Without the question of superseded clips, which is asked once for the whole filter."""
    own = [*_judged(wanted), *_placed(wanted), *_captioned(wanted), *_measured(wanted), *_marked(wanted)]
    grouped = [_any([_all(_inner(one)) for one in group]) for group in wanted.either if len(group) > 1]
    alone = [condition for group in wanted.either if len(group) == 1 for condition in _inner(group[0])]
    barred = [Condition(not_(func.coalesce(_all(_inner(one)).holds, false()))) for one in wanted.without]
    return [*own, *alone, *grouped, *barred]


def _all(conditions: Iterable[Condition]) -> Condition:
    given = list(conditions)
    leads = next((one.leads for one in given if one.leads is not None), None)
    return Condition(and_(true(), *(one.holds for one in given)), leads, exact=False)


def _any(conditions: Iterable[Condition]) -> Condition:
    given = list(conditions)
    leads = [one.leads for one in given if one.leads is not None]
    union = select(leads[0].union_all(*leads[1:]).subquery().c[0]) if leads and len(leads) == len(given) else None
    return Condition(or_(false(), *(one.holds for one in given)), union, exact=all(one.exact for one in given))


def _judged(wanted: ClipFilter) -> Iterator[Condition]:
    if wanted.verdict:
        named = Clip.verdict.in_([name for name in wanted.verdict if name != PENDING])
        holds = or_(named, Clip.verdict.is_(None)) if PENDING in wanted.verdict else named
        yield Condition(holds, _ids(Clip.id, Clip.superseded.in_((0, 1)), holds))
    if wanted.review:
        holds = Clip.review.in_(wanted.review)
        leads = _ids(Clip.id, Clip.superseded.in_((0, 1)), holds)
        yield Condition(holds, leads, walks=len(wanted.review) == 1)
    if wanted.reason:
        yield _any(_reason(reason) for reason in wanted.reason)
    if wanted.reviewer:
        holds = Clip.reviewed_by.in_(wanted.reviewer)
        yield Condition(holds, _ids(Clip.id, holds))


def _placed(wanted: ClipFilter) -> Iterator[Condition]:
    for column, numbers in ((Clip.run_id, wanted.run), (Clip.video_id, wanted.video), (Clip.id, wanted.clip)):
        if numbers:
            holds = column.in_(numbers)
            yield Condition(holds, _ids(Clip.id, holds), walks=len(numbers) == 1)
    for part in wanted.path:
        named = select(VideoPath.video_id).where(func.instr(func.lower(VideoPath.given), part.lower()) > 0)
        holds = Clip.video_id.in_(named)
        yield Condition(holds, _ids(Clip.id, holds))


def _captioned(wanted: ClipFilter) -> Iterator[Condition]:
    if wanted.caption:
        outcomes = [outcome for outcome in wanted.caption if outcome != NO_CAPTION]
        found = [_in_force(Caption.outcome.in_(outcomes), rare=Caption.outcome != "ok" if "ok" not in outcomes else None)]
        bare = Clip.caption_id.is_(None)
        found += [Condition(bare, _ids(Clip.id, bare))] if NO_CAPTION in wanted.caption else []
        yield _any(found[0 if outcomes else 1 :])
    if wanted.model:
        yield _in_force(Caption.model.in_(wanted.model))
    if wanted.prompt:
        named = or_(
            Prompt.name.in_(wanted.prompt),
            (Prompt.name + "@" + func.cast(Prompt.version, Tag.tag.type)).in_(wanted.prompt),
            Prompt.digest.in_(wanted.prompt),
        )
        yield _in_force(Caption.prompt_digest.in_(select(Prompt.digest).where(named)))
    if wanted.flag:
        given = func.json_each(Caption.flags).table_valued("value")
        given_one = exists(select(given.c.value).where(given.c.value.in_(wanted.flag)).correlate(Caption))
        yield _in_force(given_one, rare=Caption.flags != text("'[]'"))


def _in_force(condition: ColumnElement[bool], *, rare: ColumnElement[bool] | None = None) -> Condition:
    """Something about the caption in force. An index leads to all captions like it, also those no longer in force."""
    led = _ids(Caption.clip_id, condition, *([rare] if rare is not None else []))
    return Condition(_one(Caption.id == Clip.caption_id, condition), led, exact=False)


def _measured(wanted: ClipFilter) -> Iterator[Condition]:
    if wanted.missing:
        yield _of_clip(Score, Score.name.in_(wanted.missing), Score.value.is_(None))
    for range_ in wanted.scores:
        yield _of_clip(Score, Score.name == range_.name, *_within(range_))
    for name, words in wanted.facts:
        written = {words, words.lower(), words.upper(), words.capitalize(), words.title()}  # what an index can be asked for
        yield _of_clip(Fact, Fact.name == name, Fact.text.in_(sorted(written)))
    if wanted.text:
        yield _searched(" ".join(wanted.text))


def _within(wanted: ScoreRange) -> Iterator[ColumnElement[bool]]:
    yield Score.value.is_not(None)
    if wanted.low is not None:
        yield Score.value >= wanted.low
    if wanted.high is not None:
        yield Score.value <= wanted.high


def _marked(wanted: ClipFilter) -> Iterator[Condition]:
    if wanted.tag:
        yield _of_clip(Tag, Tag.tag.in_([tag.lower() for tag in wanted.tag]))
    if wanted.note:
        yield _of_clip(Note, Note.kind.in_(wanted.note))
    if wanted.sample:
        handed_out = or_(*(_handed_out(number) for number in wanted.sample))
        drawn = _ids(SampleItem.clip_id, handed_out)
        yield Condition(Clip.id.in_(drawn), drawn)
    if wanted.lot:
        yield _of_clip(LotClip, LotClip.sample_id.in_(wanted.lot))


def _handed_out(sample_id: int) -> ColumnElement[bool]:
    """Of a spot check: what is decided, and some more, so that it may end early without being drawn anew."""
    item, clip = aliased(SampleItem), aliased(Clip)
    decided = select(func.count()).select_from(item).join(clip, clip.id == item.clip_id)
    seen = decided.where(item.sample_id == sample_id, clip.review.in_(("accepted", "rejected")))
    return and_(SampleItem.sample_id == sample_id, SampleItem.position < seen.scalar_subquery() + AHEAD)


def _of_clip(table: Any, *conditions: ColumnElement[bool]) -> Condition:
    return Condition(_one(table.clip_id == Clip.id, *conditions), _ids(table.clip_id, *conditions))


def _one(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A row beside the clip of which this holds, whatever else the query reads."""
    return exists().where(*conditions).correlate(Clip)


def _ids(column: Any, *conditions: ColumnElement[bool]) -> Ids:
    return select(column).where(*conditions).correlate(None)


def _searched(words: str) -> Condition:
    query = search.query(words)
    if not query:
        return Condition(false(), _ids(Clip.id, false()))
    leads = search.leads(query)
    return Condition(Clip.id.in_(leads), leads, walks=True, probe=search.holds(query, Clip.id))


def _reason(reason: str) -> Condition:
    """The whole reason or its first words ("motion" of "motion below 0.02"), be it a rule's or a person's.

    There are few different lists of reasons, and the tallies know them: asking those is asking an index."""
    given = func.json_each(Tally.reasons).table_valued("value")
    lists = select(Tally.reasons).join(given, true()).where(_starts(given.c.value, reason))
    stored = Clip.reasons.op("IN")(lists.scalar_subquery())
    by_rule = Condition(stored, _ids(Clip.id, stored, Clip.reasons != text("'[]'")))
    ranges = [(Clip.reject_reason >= reason + begin) & (Clip.reject_reason < reason + end) for begin, end in (" !", ":;")]
    by_person = and_(Clip.reject_reason.is_not(None), or_(Clip.reject_reason == reason, *ranges))
    return _any([by_rule, Condition(by_person, _ids(Clip.id, by_person))])


def _starts(column: Any, words: str) -> ColumnElement[bool]:
    return or_(column == words, func.substr(column, 1, len(words) + 1).in_([words + " ", words + ":"]))

"""Which clips: one small grammar for the command line's `--where`, the Library's address and its filter bar.

verdict=kept,unscored   review=accepted   reason=motion   run=3   video=12   video~bunny   caption=truncated
motion>0.02   motion<=0.6   missing=text   camera=static   text~rabbit   note=flag,wrong   superseded=yes
sample=3   lot=3
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from db import notes, search
from db.models import Caption, Clip, Fact, LotClip, Note, SampleItem, Score, VideoPath
from pipelines.errors import Usage
from pipelines.records import Outcome, State

PENDING = "pending"
"""Verdict of a clip whose scorers have not all ended."""
VERDICTS = (*(state.value for state in State), PENDING)
REVIEWS = ("waiting", "accepted", "rejected", "skipped", "accepted_lot")
AHEAD = 24
"""Clips of a spot check that are handed out beyond those decided, so that it may end early without being drawn anew."""
NO_CAPTION = "none"
CAPTIONS = (*(outcome.value for outcome in Outcome), NO_CAPTION)
WORDS = (
    "verdict", "review", "reason", "run", "video", "caption", "missing", "text", "note", "superseded", "sample", "lot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Both ends belong to the range; None leaves that side open. A missing score lies in no range."""

    name: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ClipFilter:
    """All that is given must hold; of several values in one field, one. Superseded clips are left out unless asked for."""

    verdict: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    run: tuple[int, ...] = ()
    video: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    """Parts of the video's path as given."""
    caption: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    scores: tuple[ScoreRange, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    text: tuple[str, ...] = ()
    sample: tuple[int, ...] = ()
    """Drawn in this spot check, as far as it is looked at by now."""
    lot: tuple[int, ...] = ()
    """In the lot of this spot check, drawn or not."""
    note: tuple[str, ...] = ()
    """Kinds of remarks people left: flag, note, wrong, omitted."""
    superseded: bool = False

    def joined(self, other: ClipFilter) -> ClipFilter:
        """Both at once: the values of each field together."""
        both: dict[str, Any] = {name: (getattr(self, name), getattr(other, name)) for name in self.__slots__}
        return ClipFilter(**{name: a or b if name == "superseded" else a + b for name, (a, b) in both.items()})

    @property
    def is_narrow(self) -> bool:
        """An index leads to few clips, or to clips in the order of their ids."""
        return len(self.review) == 1 or bool(self.run or self.video or self.text or self.sample or self.lot)

    def conditions(self) -> list[ColumnElement[bool]]:
        """To be joined by AND over `Clip`."""
        found = [*_plain(self), *_words(self)]
        found += [_has_score(range_) for range_ in self.scores]
        found += [_has_fact(name, text) for name, text in self.facts]
        return found


def _plain(wanted: ClipFilter) -> Iterable[ColumnElement[bool]]:
    if not wanted.superseded:
        yield Clip.superseded == 0
    if wanted.verdict:
        named = Clip.verdict.in_([name for name in wanted.verdict if name != PENDING])
        yield or_(named, Clip.verdict.is_(None)) if PENDING in wanted.verdict else named
    if wanted.review:
        yield Clip.review.in_(wanted.review)
    if wanted.run:
        yield Clip.run_id.in_(wanted.run)
    if wanted.video:
        yield Clip.video_id.in_(wanted.video)
    if wanted.sample:
        yield Clip.id.in_(select(SampleItem.clip_id).where(or_(*(_handed_out(number) for number in wanted.sample))))
    if wanted.lot:
        yield Clip.id.in_(select(LotClip.clip_id).where(LotClip.sample_id.in_(wanted.lot)))
    if wanted.caption:
        outcome = exists().where(Caption.id == Clip.caption_id, Caption.outcome.in_(wanted.caption))
        yield or_(outcome, Clip.caption_id.is_(None)) if NO_CAPTION in wanted.caption else outcome


def _handed_out(sample_id: int) -> ColumnElement[bool]:
    item, clip = aliased(SampleItem), aliased(Clip)
    decided = select(func.count()).select_from(item).join(clip, clip.id == item.clip_id)
    seen = decided.where(item.sample_id == sample_id, clip.review.in_(("accepted", "rejected")))
    return and_(SampleItem.sample_id == sample_id, SampleItem.position < seen.scalar_subquery() + AHEAD)


def _words(wanted: ClipFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.reason:
        yield or_(*(_has_reason(reason) for reason in wanted.reason))
    if wanted.missing:
        yield exists().where(Score.clip_id == Clip.id, Score.name.in_(wanted.missing), Score.value.is_(None))
    if wanted.note:
        yield exists().where(Note.clip_id == Clip.id, Note.kind.in_(wanted.note))
    for part in wanted.path:
        yield exists().where(VideoPath.video_id == Clip.video_id, func.instr(func.lower(VideoPath.given), part.lower()) > 0)
    if wanted.text:
        found = search.matches(" ".join(wanted.text), Clip.id)
        yield false() if found is None else found


def _has_score(wanted: ScoreRange) -> ColumnElement[bool]:
    within: list[ColumnElement[bool]] = [Score.value.is_not(None)]
    if wanted.low is not None:
        within.append(Score.value >= wanted.low)
    if wanted.high is not None:
        within.append(Score.value <= wanted.high)
    return exists().where(Score.clip_id == Clip.id, Score.name == wanted.name, *within)


def _has_fact(name: str, text: str) -> ColumnElement[bool]:
    return exists().where(Fact.clip_id == Clip.id, Fact.name == name, func.lower(Fact.text) == text.lower())


def _has_reason(reason: str) -> ColumnElement[bool]:
    """The whole reason or its first words ("motion" of "motion below 0.02"), be it a rule's or a person's."""
    given = func.json_each(Clip.reasons).table_valued("value")
    by_rule = exists(select(given.c.value).where(_starts(given.c.value, reason)))
    return or_(by_rule, and_(Clip.review == "rejected", _starts(Clip.reject_reason, reason)))


def _starts(column: ColumnElement[str] | object, words: str) -> ColumnElement[bool]:
    return or_(column == words, func.substr(column, 1, len(words) + 1).in_([words + " ", words + ":"]))  # type: ignore[arg-type]


def parse_where(texts: Iterable[str], *, scores: Collection[str] = (), facts: Collection[str] = ()) -> ClipFilter:
    """The filter these expressions ask for together. `scores` and `facts` are the names the library knows;
    while it knows none, any name passes and finds nothing. Raises `Usage`."""
    wanted = ClipFilter()
    for text in texts:
        wanted = wanted.joined(_parse(text, scores=scores, facts=facts))
    return wanted


def _parse(text: str, *, scores: Collection[str], facts: Collection[str]) -> ClipFilter:
    parts = re.fullmatch(r"\s*([\w.-]+)\s*(>=|<=|>|<|=|~)\s*(.*?)\s*", text, re.DOTALL)
    if not parts or not parts[3]:
        raise Usage(f"{text!r} is no condition; write one like 'verdict=kept', 'motion>0.02' or 'text~rabbit'")
    name, sign, value = parts.groups()
    if name not in WORDS and name not in scores and name not in facts and (scores or facts):
        known = ", ".join([*WORDS, *sorted({*scores, *facts})])
        raise Usage(f"{name!r} in {text!r} is unknown; known are {known}")
    if sign == "=" and name not in WORDS and name not in scores:
        return ClipFilter(facts=((name, value),))
    return _parse_word(text, name, sign, value) if name in WORDS and sign in "=~" else _parse_score(text, name, sign, value)


def _parse_word(text: str, name: str, sign: str, value: str) -> ClipFilter:
    if name == "text":
        return ClipFilter(text=(value,))
    if name == "video" and (sign == "~" or not value.isdecimal()):
        return ClipFilter(path=(value,))
    if sign == "~":
        raise Usage(f"{text!r}: only text and video can be searched with ~; write {name}={value}")
    if name == "superseded":
        return ClipFilter(superseded=_one_of(text, value, ("yes", "no")) == "yes")
    given: dict[str, Any] = {name: _values(text, name, value)}
    return ClipFilter(**given)


def _values(text: str, name: str, value: str) -> tuple[str, ...] | tuple[int, ...]:
    if name == "reason":  # reasons may hold commas of their own
        return (value,)
    values = [part.strip() for part in value.split(",")]
    if name in ("run", "video", "sample", "lot"):
        if not all(part.isdecimal() for part in values):
            raise Usage(f"{text!r}: {name} takes the number of a {name}")
        return tuple(int(part) for part in values)
    known = {"verdict": VERDICTS, "review": REVIEWS, "caption": CAPTIONS, "note": notes.KINDS}.get(name)
    return tuple(_one_of(text, part, known) if known else part for part in values)


def _one_of(text: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        raise Usage(f"{text!r}: {value!r} is none of {', '.join(known)}")
    return value


def _parse_score(text: str, name: str, sign: str, value: str) -> ClipFilter:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if sign == "~" or not math.isfinite(number):
        raise Usage(f"{text!r}: {name} is compared with a number, as in '{name}>=0.1'")
    low = {">": math.nextafter(number, math.inf), ">=": number, "=": number}.get(sign)
    high = {"<": math.nextafter(number, -math.inf), "<=": number, "=": number}.get(sign)
    return ClipFilter(scores=(ScoreRange(name, low, high),))

"""Which clips: one grammar for the command line's `--where`, the Library's address, saved views and assignments.

verdict=kept,unscored   review=accepted   reason=motion   run=3   video=12   video~bunny   clip=7,8   caption=truncated
motion>0.02   missing=text   camera=static   text~rabbit   tag=night   model=measured   prompt=short@2
reviewer=ana   flag=too_long   note=flag,wrong   sample=3   lot=3   superseded=yes

Conditions are joined by `and`, `or`, `not` and parentheses; a value that holds one of these stands in quotes:

    verdict=kept and (motion>0.1 or camera=static) and not text~"cats and dogs"
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement

from db import notes
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
NUMBERED = ("run", "video", "clip", "sample", "lot")
WORDS = (
    "verdict", "review", "reason", *NUMBERED, "caption", "model", "prompt", "reviewer", "tag", "flag", "note", "missing",
    "text", "superseded",
)  # fmt: skip
SAME = {"outcome": "caption"}
"""Other words for some of them."""
DEEPEST = 50
"""Parentheses and `not` within each other."""


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
    clip: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    """Parts of the video's path as given; all must occur."""
    caption: tuple[str, ...] = ()
    """Outcomes of the caption in force; so are the model, the prompt and the flags that caption's."""
    model: tuple[str, ...] = ()
    prompt: tuple[str, ...] = ()
    """Names, `NAME@VERSION` or digests."""
    flag: tuple[str, ...] = ()
    reviewer: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    scores: tuple[ScoreRange, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    text: tuple[str, ...] = ()
    """Words to search; all must occur."""
    sample: tuple[int, ...] = ()
    """Drawn in this spot check, as far as it is looked at by now."""
    lot: tuple[int, ...] = ()
    """In the lot of this spot check, drawn or not."""
    note: tuple[str, ...] = ()
    """Kinds of remarks people left: flag, note, wrong, omitted."""
    either: tuple[tuple[ClipFilter, ...], ...] = ()
    """Of each group at least one must hold."""
    without: tuple[ClipFilter, ...] = ()
    """None of these may hold."""
    superseded: bool = False

    def joined(self, other: ClipFilter) -> ClipFilter:
        """Both must hold."""
        both = [one for one in (self, other) if one not in (ClipFilter(), ClipFilter(superseded=True))]
        superseded = self.superseded or other.superseded
        if len(both) == 1:
            return replace(both[0], superseded=superseded)
        return ClipFilter(either=tuple((one,) for one in both), superseded=superseded)

    def conditions(self) -> list[ColumnElement[bool]]:
        """To be joined by AND over `Clip`."""
        from db.conditions import holds  # which reads this class

        return holds(self)


def any_of(filters: Iterable[ClipFilter]) -> ClipFilter:
    """At least one of them must hold."""
    group = tuple(filters)
    return group[0] if len(group) == 1 else ClipFilter(either=(group,), superseded=any(one.superseded for one in group))


def none_of(*filters: ClipFilter) -> ClipFilter:
    """None of them may hold."""
    return ClipFilter(without=filters, superseded=any(one.superseded for one in filters))


def parse_where(texts: Iterable[str], *, scores: Collection[str] = (), facts: Collection[str] = ()) -> ClipFilter:
    """The filter these expressions ask for together. `scores` and `facts` are the names the library knows;
    while it knows none, any name passes and finds nothing. Raises `Usage` that points at the place."""
    wanted = ClipFilter()
    for text in texts:
        wanted = wanted.joined(_Parser(text, Names(frozenset(scores), frozenset(facts))).whole())
    return wanted


def quoted(value: str) -> str:
    """A value as it can stand in an expression."""
    if re.fullmatch(r"[\w.:@/+,%-]+(?: [\w.:@/+,%-]+)*", value) and not re.search(r"\b(and|or|not)\b", value, re.I):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Names:
    """What can be asked for in this library beside the words of the grammar."""

    scores: frozenset[str]
    facts: frozenset[str]

    def known(self, name: str) -> bool:
        return name in WORDS or name in self.scores or name in self.facts or not (self.scores or self.facts)

    def listed(self) -> str:
        return ", ".join([*WORDS, *sorted(self.scores | self.facts)])


HEAD = re.compile(r"\s*([\w.-]+)\s*(>=|<=|!=|>|<|=|~)\s*")
WORD = re.compile(r"\s*(and|or|not)\b(?!\s*(?:>=|<=|!=|[<>=~]))", re.IGNORECASE)
JOINED = re.compile(r"\s+(?:and|or)(?:\s|\(|$)", re.IGNORECASE)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


class _Parser:
    """Reads one expression from left to right: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names
        self.at = self.depth = 0

    def whole(self) -> ClipFilter:
        found = self.alternatives()
        if self.text[self.at :].strip():
            raise self.wrong("'and' or 'or' is missing here" if self.peek() != ")" else "this ) closes nothing")
        return found

    def alternatives(self) -> ClipFilter:
        found = [self.together()]
        while self.word("or"):
            found.append(self.together())
        return any_of(found)

    def together(self) -> ClipFilter:
        found = self.single()
        while self.word("and"):
            found = found.joined(self.single())
        return found

    def single(self) -> ClipFilter:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} parentheses within each other")
        found = none_of(self.single()) if self.word("not") else self.group() if self.peek() == "(" else self.condition()
        self.depth -= 1
        return found

    def group(self) -> ClipFilter:
        opened = self.at
        self.at = self.text.index("(", self.at) + 1
        found = self.alternatives()
        if self.peek() != ")":
            raise self.wrong("this ( is never closed", opened)
        self.at = self.text.index(")", self.at) + 1
        return found

    def condition(self) -> ClipFilter:
        began = self.at
        head = HEAD.match(self.text, began)
        self.at = head.end() if head else began
        value = self.value() if head else ""
        if head is None or not value:
            raise self.wrong("this is no condition; write one like 'verdict=kept', 'motion>0.02' or 'text~rabbit'", began)
        try:
            return _condition(SAME.get(head[1], head[1]), head[2], value, self.names)
        except Usage as error:
            raise self.wrong(str(error), began) from None

    def value(self) -> str:
        if plain := QUOTED.match(self.text, self.at):
            self.at = plain.end()
            return re.sub(r"\\(.)", r"\1", plain[1], flags=re.DOTALL).strip()
        began, self.at = self.at, self._end()
        return self.text[began : self.at].strip()

    def _end(self) -> int:
        """Where a value without quotes ends: before `and`, `or`, or the `)` that closes an outer group."""
        joined = JOINED.search(self.text, self.at)
        end, depth = joined.start() if joined else len(self.text), 0
        for at in range(self.at, end):
            depth += {"(": 1, ")": -1}.get(self.text[at], 0)
            if depth < 0:
                return at
        return end

    def peek(self) -> str:
        return self.text[self.at :].lstrip()[:1]

    def word(self, wanted: str) -> bool:
        found = WORD.match(self.text, self.at)
        if found is None or found[1].lower() != wanted:
            return False
        self.at = found.end()
        return True

    def wrong(self, told: str, at: int | None = None) -> Usage:
        place = self.at if at is None else at
        place += len(self.text[place:]) - len(self.text[place:].lstrip())
        here = repr(self.text[place : place + 30]) if self.text[place:] else "the end"
        return Usage(f"at character {place + 1}, {here}: {told}")


def _condition(name: str, sign: str, value: str, names: Names) -> ClipFilter:
    if not names.known(name):
        raise Usage(f"{name!r} is unknown; known are {names.listed()}")
    if sign == "!=":
        return none_of(_condition(name, "=", value, names))
    if name in WORDS and sign in "=~":
        return _of_word(name, sign, value)
    if sign == "=" and name not in names.scores:
        return ClipFilter(facts=((name, value),))
    return _of_score(name, sign, value)


def _of_word(name: str, sign: str, value: str) -> ClipFilter:
    if name == "text":
        return ClipFilter(text=(value,))
    if name == "video" and (sign == "~" or not re.fullmatch(r"[\d\s,]+", value)):
        return ClipFilter(path=(value,))
    if sign == "~":
        raise Usage(f"only text and video can be searched with ~; write {name}={value}")
    if name == "superseded":
        return ClipFilter(superseded=_one_of(value, ("yes", "no")) == "yes")
    given: dict[str, Any] = {name: _values(name, value)}
    return ClipFilter(**given)


def _values(name: str, value: str) -> tuple[str, ...] | tuple[int, ...]:
    if name == "reason":  # reasons may hold commas of their own
        return (value,)
    values = [part.strip() for part in value.split(",")]
    if name in NUMBERED:
        if not all(part.isdecimal() and len(part) < 19 for part in values):
            raise Usage(f"{name} takes the number of a {name}")
        return tuple(int(part) for part in values)
    known = {"verdict": VERDICTS, "review": REVIEWS, "caption": CAPTIONS, "note": notes.KINDS}.get(name)
    return tuple(_one_of(part, known) if known else part for part in values)


def _one_of(value: str, known: Collection[str]) -> str:
    if value not in known:
        raise Usage(f"{value!r} is none of {', '.join(known)}")
    return value


def _of_score(name: str, sign: str, value: str) -> ClipFilter:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if sign == "~" or not math.isfinite(number):
        raise Usage(f"{name} is compared with a number, as in '{name}>=0.1'")
    low = {">": math.nextafter(number, math.inf), ">=": number, "=": number}.get(sign)
    high = {"<": math.nextafter(number, -math.inf), "<=": number, "=": number}.get(sign)
    return ClipFilter(scores=(ScoreRange(name, low, high),))

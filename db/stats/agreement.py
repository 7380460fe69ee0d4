"""How far people agree who judged the same clips: as a share, and beyond what chance would give.

With nearly everything accepted, Krippendorff's α falls towards 0 although people agree; Gwet's AC1 does not. Both stand
beside the plain share, each with its interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from db.stats.wilson import Interval

Numbers = npt.NDArray[Any]
RESAMPLES = 2000
SEED = 20


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient. Without variation, or without two opinions on any clip, it has no value."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `clips` on which at least two people gave an opinion."""

    clips: int
    opinions: int
    raw: Measure
    alpha: Measure
    ac1: Measure


def agreement(judged: Iterable[Sequence[str]]) -> Agreement:
    """`judged` holds for each clip the opinions on it; clips with one alone say nothing of agreement."""
    units = [tuple(sorted(opinions)) for opinions in judged if len(opinions) > 1]
    if not units:
        nothing = Measure(None, None)
        return Agreement(0, 0, nothing, nothing, nothing)
    patterns = Counter(units)
    table, times = _table(list(patterns)), np.array(list(patterns.values()))
    drawn = np.random.default_rng(SEED).multinomial(len(units), times / len(units), RESAMPLES)  # clips, not opinions
    measures = [_measure(of, table, times, drawn) for of in (raw, alpha, ac1)]
    return Agreement(len(units), sum(map(len, units)), *measures)


def _table(patterns: list[tuple[str, ...]]) -> Numbers:
    """How many people chose each answer, a row for each pattern of opinions."""
    answers = sorted({answer for pattern in patterns for answer in pattern})
    return np.array([[pattern.count(answer) for answer in answers] for pattern in patterns], float)


def _measure(of: Any, table: Numbers, times: Numbers, drawn: Numbers) -> Measure:
    value = of(table, times[None, :])[0]
    if not np.isfinite(value):
        return Measure(None, None)
    spread = of(table, drawn)
    low, high = np.percentile(spread[np.isfinite(spread)], [2.5, 97.5])
    return Measure(float(value), Interval(float(low), float(high)))


def raw(table: Numbers, times: Numbers) -> Numbers:
    """The share of pairs of opinions on one clip that are the same, for each row of how often a pattern came."""
    people = table.sum(axis=1)
    same = (table * (table - 1)).sum(axis=1) / (people * (people - 1))
    found: Numbers = times @ same / times.sum(axis=1)
    return found


def alpha(table: Numbers, times: Numbers) -> Numbers:
    """Krippendorff's α for answers without an order (K. Krippendorff, Content Analysis, 2004, chapter 11)."""
    people = table.sum(axis=1)
    differing = times @ ((people**2 - (table**2).sum(axis=1)) / (people - 1))
    answers = times @ table
    given = answers.sum(axis=1)
    expected = (given**2 - (answers**2).sum(axis=1)) / (given - 1)
    return 1 - _ratio(differing, expected)


def ac1(table: Numbers, times: Numbers) -> Numbers:
    """Gwet's AC1 (K. L. Gwet, Br. J. Math. Stat. Psychol. 61, 2008)."""
    if table.shape[1] < 2:
        return np.full(len(times), np.nan)
    shares = times @ (table / table.sum(axis=1, keepdims=True)) / times.sum(axis=1, keepdims=True)
    by_chance = (shares * (1 - shares)).sum(axis=1) / (table.shape[1] - 1)
    return 1 - _ratio(1 - raw(table, times), 1 - by_chance)


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    """Not a number where nothing is to be divided by."""
    found: Numbers = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return found

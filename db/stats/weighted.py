"""Shares from samples in which some clips had more chance to be drawn than others.

Each clip stands for as many as its inclusion probability says (Horvitz and Thompson, JASA 47, 1952), the weights summing to
the lot (Hájek). What the sample is worth in clips of a simple one goes into Clopper and Pearson's interval (Korn and
Graubard, Survey Methodology 24, 1998), which stays honest when none or few were bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from db.stats.intervals import clopper_pearson, upper_bound
from db.stats.wilson import Interval

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A clip that was looked at."""

    bad: bool
    probability: float
    """With which it was drawn."""
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, and how many clips of a simple random sample would tell as much."""

    share: float
    worth: float

    def interval(self, confidence: float = 0.95) -> Interval:
        return clopper_pearson(self.share * self.worth, self.worth, confidence=confidence)

    def upper(self, confidence: float = 0.95) -> float:
        return upper_bound(self.share * self.worth, self.worth, confidence=confidence)


def estimate(drawn: Sequence[Drawn]) -> Estimate:
    """The share of bad clips in the lot. Without any clip it is worth nothing."""
    if not drawn:
        return Estimate(0.0, 0.0)
    bad = np.array([one.bad for one in drawn], float)
    weights = 1 / np.array([one.probability for one in drawn])
    share = float(weights @ bad / weights.sum())
    strata = np.unique([one.stratum for one in drawn], return_inverse=True)[1]
    variance = _variance(weights * (bad - share) / weights.sum(), strata, 1 / weights)
    simple = len(drawn) / kish(weights)
    return Estimate(share, min(len(drawn), share * (1 - share) / variance) if variance > 0 else simple)


def kish(weights: Numbers) -> float:
    """The price of unequal weights: so many times as many clips are needed (L. Kish, 1965)."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def _variance(parts: Numbers, strata: Numbers, probabilities: Numbers) -> float:
    """Of a sum whose parts were drawn stratum by stratum; in one that was drawn whole nothing is left to chance."""
    found = 0.0
    for stratum in range(strata.max() + 1):
        mine = strata == stratum
        n = int(mine.sum())
        if n > 1:
            left = 1 - probabilities[mine].mean() if np.ptp(probabilities[mine]) < 1e-12 else 1.0
            found += float(left * n * parts[mine].var(ddof=1))
    return found

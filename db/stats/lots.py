"""Lots of finite size: how often a sample drawn without putting back holds so many bad clips, and plans made of that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[Any]
MOST_ALLOWED = 40
GOOD_PASSES = 0.95
"""How often a lot of the good kind should pass a balanced plan: the producer's side."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Look at `size` clips; the lot passes when no more than `allowed` of them are bad."""

    size: int
    allowed: int


def log_choose(n: Numbers | int, k: Numbers | int) -> Numbers:
    """The logarithm of the number of ways to choose k of n; minus infinity where there is none."""
    n, k = np.broadcast_arrays(np.asarray(n, float), np.asarray(k, float))
    there = (k >= 0) & (k <= n)
    n, k = np.where(there, n, 0), np.where(there, k, 0)
    found: Numbers = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.where(there, found, -np.inf)


def exactly(bad: Numbers | int, n: int, *, bad_in_lot: Numbers | int, lot: int) -> Numbers:
    """The chance of so many bad clips among `n` drawn: the hypergeometric distribution."""
    ways = log_choose(bad_in_lot, bad) + log_choose(lot - np.asarray(bad_in_lot), n - np.asarray(bad))
    found: Numbers = np.exp(ways - log_choose(lot, n))
    return found


def at_most(bad: int, n: int, *, bad_in_lot: Numbers | int, lot: int) -> Numbers:
    """The chance of no more than `bad` bad clips among `n`, for each number of bad clips in the lot."""
    counts = np.arange(bad + 1).reshape(-1, *[1] * np.ndim(bad_in_lot))
    found: Numbers = exactly(counts, n, bad_in_lot=bad_in_lot, lot=lot).sum(axis=0)
    return np.minimum(found, 1.0)


def bad_clips(share: float, lot: int) -> int:
    """The fewest bad clips that are at least this share of the lot."""
    return max(1, math.ceil(share * lot - 1e-9))


def smallest(lot: int, *, limit: float, confidence: float, allowed: int) -> Plan:
    """The fewest clips to look at so that a lot of which `limit` is bad passes with no more than 1 − `confidence`.

    Where even looking at everything allows it, everything is looked at."""
    bad = bad_clips(limit, lot)
    low, high = min(allowed + 1, lot), lot
    while low < high:
        middle = (low + high) // 2
        if float(at_most(allowed, middle, bad_in_lot=bad, lot=lot)) <= 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return Plan(low, min(allowed, bad - 1))


def balanced(lot: int, *, limit: float, good: float, confidence: float) -> Plan:
    """The smallest plan that also lets a lot pass, 95 times of 100, of which no more than `good` is bad."""
    for allowed in range(MOST_ALLOWED + 1):
        plan = smallest(lot, limit=limit, confidence=confidence, allowed=allowed)
        if passes(plan, lot, math.floor(good * lot)) >= GOOD_PASSES or plan.size == lot:
            return plan
    return plan


def passes(plan: Plan, lot: int, bad_in_lot: int) -> float:
    """How often a lot with so many bad clips passes."""
    return float(at_most(plan.allowed, plan.size, bad_in_lot=bad_in_lot, lot=lot))


def operating_curve(plan: Plan, lot: int, shares: Numbers) -> Numbers:
    """How often a lot passes of which at least such a share is bad, for each of the shares."""
    return at_most(plan.allowed, plan.size, bad_in_lot=np.ceil(shares * lot - 1e-9), lot=lot)

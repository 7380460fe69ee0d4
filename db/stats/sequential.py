"""Looking clip by clip and stopping as soon as it is clear: Wald's sequential test, exact for a lot of finite size.

The likelihood of what was seen, in its order, is compared between a lot that is just too bad and one that is good (A. Wald,
Ann. Math. Stat. 16, 1945). Under either the ratio is a martingale, so by Ville's inequality each mistake is no more frequent
than asked for, however often one looks. What is said afterwards about the share must also hold whenever one stops: the
prior-posterior-ratio confidence sequence for sampling without replacement (Waudby-Smith and Ramdas, NeurIPS 2020).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from db.stats.lots import Numbers, bad_clips, balanced, exactly, log_choose
from db.stats.wilson import Interval

AT_MOST = 3
"""Times the clips of a plan of fixed size; who has seen so many without a decision ends without one."""


@dataclass(frozen=True, slots=True)
class Lines:
    """After n clips (index n − 1): pass with no more bad ones than `passing` (−1: not yet), fail with `failing` or more."""

    passing: tuple[int, ...]
    failing: tuple[int, ...]

    @property
    def most(self) -> int:
        """Clips after which it ends in any case."""
        return len(self.passing)


@dataclass(frozen=True, slots=True)
class Walk:
    """Clips seen, bad ones among them, and the state: passed, failed, open, or ended without either."""

    seen: int
    bad: int
    state: str


def lines(lot: int, *, limit: float, good: float, confidence: float) -> Lines:
    """The two lines between a lot that is `good` and one that is bad to the `limit`; each error below 1 − `confidence`."""
    most = min(lot, AT_MOST * balanced(lot, limit=limit, good=good, confidence=confidence).size)
    border = -math.log(1 - confidence)
    passing, failing = [], []
    for n in range(1, most + 1):
        ratio = _log_ratio(n, lot, bad_clips(limit, lot), math.floor(good * lot))
        passing.append(int(np.searchsorted(ratio, -border, side="right")) - 1)
        failing.append(int(np.searchsorted(ratio, border, side="left")))
    return Lines(tuple(passing), tuple(failing))


def _log_ratio(n: int, lot: int, too_bad: int, good: int) -> Numbers:
    """Of the likelihoods, for 0, 1, … bad clips among the first n; it rises with their number."""
    bad = np.arange(min(n, too_bad) + 1)
    above = log_choose(lot - n, too_bad - bad) - log_choose(lot, too_bad)
    below = log_choose(lot - n, good - bad) - log_choose(lot, good)
    found: Numbers = np.where(np.isneginf(above), np.where(np.isneginf(below), np.inf, -np.inf), above - _finite(below))
    return np.where(np.isneginf(below), np.inf, found)


def _finite(values: Numbers) -> Numbers:
    return np.where(np.isneginf(values), 0.0, values)


def walk(found: Sequence[bool], given: Lines) -> Walk:
    """Follow the clips in the order in which they were drawn; True is a bad one."""
    bad = 0
    for seen, one in enumerate(found[: given.most], start=1):
        bad += one
        if bad <= given.passing[seen - 1]:
            return Walk(seen, bad, "passed")
        if bad >= given.failing[seen - 1]:
            return Walk(seen, bad, "failed")
    seen = min(len(found), given.most)
    return Walk(seen, bad, "ended" if seen == given.most else "open")


def operating_curve(given: Lines, lot: int, shares: Numbers) -> tuple[Numbers, Numbers]:
    """For each least share of bad clips: how often the lot passes, and how many clips are looked at on average."""
    in_lot = np.ceil(shares * lot - 1e-9)[:, None]
    here = np.ones((len(shares), 1))  # the chance to be still on the way, by number of bad clips so far
    passed, looked = np.zeros(len(shares)), np.zeros(len(shares))
    for seen in range(given.most):
        looked += here.sum(axis=1)
        bad = np.arange(here.shape[1])
        next_bad = np.clip((in_lot - bad) / (lot - seen), 0.0, 1.0)
        moved = np.pad(here * (1 - next_bad), ((0, 0), (0, 1)))
        moved[:, 1:] += here * next_bad
        stop = max(given.passing[seen] + 1, 0)
        passed += moved[:, :stop].sum(axis=1)
        moved[:, :stop] = 0.0
        here = moved[:, : given.failing[seen]]
    return passed, looked


def whenever(bad: int, n: int, *, lot: int, confidence: float = 0.95) -> Interval:
    """The interval that holds the share at every moment at once, so that it may be read whenever one likes."""
    possible = np.arange(bad, lot - (n - bad) + 1)
    likely = exactly(bad, n, bad_in_lot=possible, lot=lot) > (1 - confidence) / (n + 1)
    held = possible[likely]
    return Interval(float(held.min()) / lot, float(held.max()) / lot)

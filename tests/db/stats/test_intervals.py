"""Intervals of shares: the same as scipy's, and for lots as often right as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from db.stats import intervals

COUNTS = [(0, 60), (2, 100), (5, 200), (10, 400), (7, 7), (1, 3), (399, 400)]


@pytest.mark.parametrize(("bad", "n"), COUNTS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_same_as_the_libraries(bad: int, n: int, confidence: float) -> None:
    exact = stats.binomtest(bad, n).proportion_ci(confidence, "exact")
    mine = intervals.clopper_pearson(bad, n, confidence=confidence)
    assert (mine.low, mine.high) == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize(("bad", "n", "upper"), [(0, 60, 0.049), (2, 100, 0.062), (5, 200, 0.052), (10, 400, 0.042)])
def test_published_bounds(bad: int, n: int, upper: float) -> None:
    assert intervals.upper_bound(bad, n) == pytest.approx(upper, abs=0.0005)


def test_nothing_seen_says_nothing() -> None:
    assert intervals.upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(("lot", "n", "bad"), [(200, 45, 0), (200, 45, 3), (40, 39, 1), (1000, 59, 0), (30, 30, 2)])
def test_the_bound_of_a_lot_is_the_largest_lot_that_could_still_give_so_few(lot: int, n: int, bad: int) -> None:
    mine = round(intervals.lot_upper_bound(bad, n, lot=lot) * lot)
    possible = [many for many in range(bad, lot - n + bad + 1) if stats.hypergeom(lot, many, n).cdf(bad) > 0.05]
    assert mine == max(possible)


def test_a_whole_lot_leaves_no_doubt() -> None:
    assert intervals.lot_upper_bound(2, 40, lot=40) == 2 / 40


def test_bounds_of_lots_hold_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(7)
    for in_lot in (3, 12, 25):
        found = rng.hypergeometric(in_lot, 300 - in_lot, 60, size=2000)
        bounds = {bad: intervals.lot_upper_bound(int(bad), 60, lot=300) for bad in set(found.tolist())}
        assert np.mean([bounds[bad] * 300 >= in_lot - 1e-9 for bad in found.tolist()]) >= 0.94

"""Plans for lots of finite size: scipy's hypergeometric distribution, published sizes, and what a plan promises."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from db.stats import lots
from db.stats.lots import Plan


@pytest.mark.parametrize(
    ("lot", "in_lot", "n"), [(100, 5, 20), (100, 0, 20), (100, 100, 20), (100_000, 700, 150), (7, 3, 7)]
)
def test_the_same_as_scipy(lot: int, in_lot: int, n: int) -> None:
    counts = np.arange(min(n, 12) + 1)
    theirs = stats.hypergeom(lot, in_lot, n)
    assert lots.exactly(counts, n, bad_in_lot=in_lot, lot=lot) == pytest.approx(theirs.pmf(counts), abs=1e-9)
    assert float(lots.at_most(3, n, bad_in_lot=in_lot, lot=lot)) == pytest.approx(theirs.cdf(3), abs=1e-9)


@pytest.mark.parametrize(
    ("limit", "sizes"),
    [(0.01, [299, 473, 628, 773]), (0.05, [59, 93, 124, 153]), (0.10, [29, 46, 61, 76])],
)
def test_sizes_for_large_lots_are_those_of_the_tables(limit: float, sizes: list[int]) -> None:
    found = [lots.smallest(10**6, limit=limit, confidence=0.95, allowed=allowed).size for allowed in range(4)]
    assert found == sizes


@pytest.mark.parametrize("lot", [12, 60, 500, 5000])
@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_a_plan_keeps_its_promise_with_no_clip_too_many(lot: int, allowed: int) -> None:
    plan = lots.smallest(lot, limit=0.05, confidence=0.95, allowed=allowed)
    too_bad = lots.bad_clips(0.05, lot)
    assert stats.hypergeom(lot, too_bad, plan.size).cdf(plan.allowed) <= 0.05
    if plan.size < lot:
        assert stats.hypergeom(lot, too_bad, plan.size - 1).cdf(plan.allowed) > 0.05


def test_a_lot_too_small_for_mistakes_is_looked_at_whole() -> None:
    assert lots.smallest(20, limit=0.05, confidence=0.95, allowed=3) == Plan(20, 0)


def test_a_balanced_plan_lets_good_lots_pass() -> None:
    plan = lots.balanced(10_000, limit=0.05, good=0.01, confidence=0.95)
    assert (plan.size, plan.allowed) == (180, 4)
    assert lots.passes(plan, 10_000, 100) >= 0.95
    assert lots.passes(plan, 10_000, 500) <= 0.05


def test_the_operating_curve_falls_from_always_to_hardly_ever() -> None:
    curve = lots.operating_curve(Plan(93, 1), 5000, np.linspace(0, 0.1, 11))
    assert curve[0] == 1.0 and (np.diff(curve) < 0).all() and curve[5] <= 0.05 < curve[4]


def test_simulated_lots_pass_as_often_as_the_curve_says() -> None:
    found = np.random.default_rng(3).hypergeometric(20, 980, 88, size=4000)
    assert np.mean(found <= 1) == pytest.approx(lots.passes(Plan(88, 1), 1000, 20), abs=0.025)

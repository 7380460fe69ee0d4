"""Sequential looking: the lines are Wald's, errors stay below what was asked for, and intervals hold at every moment."""

from __future__ import annotations

import math

import numpy as np
import pytest

from db.stats import sequential
from db.stats.sequential import Lines, Walk

LOT = 2000
GIVEN = sequential.lines(LOT, limit=0.08, good=0.02, confidence=0.95)


def test_in_a_huge_lot_the_lines_are_walds() -> None:
    given = sequential.lines(10**7, limit=0.08, good=0.02, confidence=0.95)
    slope = math.log(0.98 / 0.92) / (factor := math.log(0.08 * 0.98 / (0.02 * 0.92)))
    height = math.log(20) / factor  # the borders are 1/20 and 20
    for n in (40, 60, 90, given.most):
        assert given.passing[n - 1] == max(-1, math.floor(slope * n - height))
        assert given.failing[n - 1] == math.ceil(slope * n + height)


def test_a_walk_stops_where_a_line_is_crossed() -> None:
    first = GIVEN.passing.index(0) + 1
    assert sequential.walk([False] * 400, GIVEN) == Walk(first, 0, "passed")
    assert sequential.walk([True] * 400, GIVEN) == Walk(3, 3, "failed")
    assert sequential.walk([False] * 5, GIVEN) == Walk(5, 0, "open")
    assert sequential.walk([False, False], Lines((-1, -1), (3, 3))) == Walk(2, 0, "ended")


def test_simulated_walks_err_no_more_than_asked_for_and_as_the_curve_says() -> None:
    rng = np.random.default_rng(11)
    passed, looked = sequential.operating_curve(GIVEN, LOT, np.array([0.02, 0.08]))
    for at, share in enumerate((0.02, 0.08)):
        lot = np.arange(LOT) < share * LOT
        walks = [sequential.walk(rng.permutation(lot)[: GIVEN.most].tolist(), GIVEN) for _ in range(800)]
        assert np.mean([walk.state == "passed" for walk in walks]) == pytest.approx(passed[at], abs=0.03)
        assert np.mean([walk.seen for walk in walks]) == pytest.approx(looked[at], rel=0.08)
    assert passed[1] <= 0.05
    assert passed[0] >= 0.93  # ended without a decision counts against it too


def test_it_looks_at_fewer_clips_than_a_plan_of_fixed_size() -> None:
    _, looked = sequential.operating_curve(GIVEN, LOT, np.array([0.0, 0.02, 0.08, 0.2]))
    assert (looked < GIVEN.most / sequential.AT_MOST).all()


@pytest.mark.parametrize("lot", [1, 2, 15, 40])
def test_small_lots_have_lines_too(lot: int) -> None:
    given = sequential.lines(lot, limit=0.05, good=0.01, confidence=0.95)
    assert 1 <= given.most <= lot
    assert all(low < high for low, high in zip(given.passing, given.failing, strict=True))


def test_an_interval_may_be_read_at_any_moment() -> None:
    """Of 300 walks in which one looks after every clip, few ever leave the truth outside."""
    rng = np.random.default_rng(5)
    lot = np.arange(500) < 25
    known: dict[tuple[int, int], bool] = {}
    missed = 0
    for _ in range(300):
        bad = np.cumsum(rng.permutation(lot)[:100]).tolist()
        for n, count in enumerate(bad, start=1):
            if (count, n) not in known:
                held = sequential.whenever(count, n, lot=500)
                known[count, n] = held.low <= 0.05 <= held.high
        missed += not all(known[count, n] for n, count in enumerate(bad, start=1))
    assert missed / 300 <= 0.05

"""Weighted samples: unbiased, honest about what they are worth, and covered as often as promised."""

from __future__ import annotations

import numpy as np
import pytest

from db.stats import draws, weighted
from db.stats.intervals import upper_bound
from db.stats.weighted import Drawn

RISKS = {item: item / 999 for item in range(1000)}
BAD = {item for item in range(600, 1000) if item % 8 == 0}  # 50, all among the riskier ones


def drawn(seed: int, size: int = 120) -> list[Drawn]:
    return [Drawn(pick.item in BAD, pick.probability) for pick in draws.by_risk(RISKS, size, seed=seed)]


def test_equal_weights_give_the_plain_share_and_its_exact_bound() -> None:
    found = weighted.estimate([Drawn(at < 3, 0.1) for at in range(100)])
    assert found.share == pytest.approx(0.03)
    assert found.worth == pytest.approx(99 / 0.9 if 99 / 0.9 < 100 else 100)
    assert weighted.estimate([Drawn(False, 0.1)] * 60).upper() == pytest.approx(upper_bound(0, 60))


def test_clips_that_were_drawn_more_often_count_less() -> None:
    found = weighted.estimate([Drawn(True, 0.5), Drawn(False, 0.1)])
    assert found.share == pytest.approx(2 / 12)


def test_strata_take_their_differences_out() -> None:
    apart = [Drawn(True, 0.1, "a")] * 10 + [Drawn(False, 0.1, "b")] * 10
    assert weighted.estimate(apart).worth == 20
    assert weighted.estimate([Drawn(one.bad, one.probability) for one in apart]).worth <= 20


def test_nothing_looked_at_promises_nothing() -> None:
    assert weighted.estimate([]).upper() == 1.0


def test_a_risk_weighted_sample_is_unbiased_and_its_bound_holds() -> None:
    found = [weighted.estimate(drawn(seed)) for seed in range(400)]
    assert np.mean([one.share for one in found]) == pytest.approx(0.05, abs=0.003)
    assert np.mean([one.upper() >= 0.05 for one in found]) >= 0.95
    assert all(one.worth <= 120 for one in found)


def test_stratified_samples_are_unbiased_and_their_bound_holds() -> None:
    strata = {item: "risky" if item >= 600 else "safe" for item in RISKS}

    def sample(seed: int) -> weighted.Estimate:
        picks = draws.stratified(strata, 120, seed=seed)
        return weighted.estimate([Drawn(pick.item in BAD, pick.probability, pick.stratum) for pick in picks])

    found = [sample(seed) for seed in range(400)]
    assert np.mean([one.share for one in found]) == pytest.approx(0.05, abs=0.003)
    assert np.mean([one.upper() >= 0.05 for one in found]) >= 0.95

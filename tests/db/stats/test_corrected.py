"""Reviewer error taken out: the published formula, and reviewers with known error whose truth is covered."""

from __future__ import annotations

import numpy as np
import pytest

from db.stats import corrected
from db.stats.corrected import Eye


def test_the_published_formula() -> None:
    assert corrected.rogan_gladen(0.03, Eye(100, 80, 100, 99)) == pytest.approx(0.0253, abs=0.0001)
    assert corrected.rogan_gladen(0.005, Eye(100, 80, 100, 99)) == 0.0  # fewer than false alarms alone would be


def test_when_reviewers_can_be_corrected_for() -> None:
    assert Eye(10, 9, 10, 10).known and Eye(10, 9, 10, 10).reliable
    assert not Eye(2, 2, 30, 30).known
    assert not Eye(10, 6, 10, 10).reliable
    assert not Eye(0, 0, 0, 0).known


def test_perfect_eyes_change_little() -> None:
    eye = Eye(10**6, 10**6, 10**6, 10**6)
    held = corrected.lang_reiczigel(0.1, 400, eye)
    assert (held.low, held.high) == pytest.approx((0.074, 0.133), abs=0.002)  # Agresti and Coull's interval


@pytest.mark.parametrize(("true", "finds", "clears"), [(0.05, 0.8, 0.97), (0.2, 0.9, 0.95), (0.1, 0.75, 0.99)])
def test_reviewers_with_known_error_are_seen_through(true: float, finds: float, clears: float) -> None:
    rng = np.random.default_rng(17)
    seen = true * finds + (1 - true) * (1 - clears)
    held = 0
    estimates = []
    for called, found, passed in zip(
        rng.binomial(300, seen, 1500), rng.binomial(60, finds, 1500), rng.binomial(60, clears, 1500), strict=True
    ):
        eye = Eye(60, int(found), 60, int(passed))
        interval = corrected.lang_reiczigel(called / 300, 300, eye)
        held += interval.low <= true <= interval.high
        estimates.append(corrected.rogan_gladen(called / 300, eye))
    assert held / 1500 >= 0.935
    assert np.median(estimates) == pytest.approx(true, abs=0.012)

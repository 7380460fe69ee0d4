"""The interval that is shown: the same as statsmodels'."""

from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from db.stats.wilson import Interval, wilson

COUNTS = [(0, 60), (2, 100), (5, 200), (10, 400), (7, 7), (1, 3), (399, 400)]


@pytest.mark.parametrize(("bad", "n"), COUNTS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_same_as_the_library(bad: int, n: int, confidence: float) -> None:
    shown = wilson(bad, n, confidence=confidence)
    assert (shown.low, shown.high) == pytest.approx(proportion_confint(bad, n, 1 - confidence, "wilson"), abs=1e-12)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)

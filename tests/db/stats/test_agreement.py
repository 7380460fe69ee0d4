"""Agreement: the same as the package krippendorff and statsmodels, Gwet's own example, and intervals that cover."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from db.stats.agreement import agreement

RNG = np.random.default_rng(1)


def people(clips: int, *, errs: float, bad: float, raters: int = 2) -> list[list[str]]:
    """Raters who see what is there, save for a share of mistakes."""
    truth = RNG.random(clips) < bad
    said = truth[:, None] ^ (RNG.random((clips, raters)) < errs)
    return [["bad" if one else "good" for one in row] for row in said]


@pytest.mark.parametrize(("raters", "bad"), [(2, 0.3), (3, 0.5), (4, 0.1)])
def test_alpha_is_krippendorffs(raters: int, bad: float) -> None:
    judged = people(80, errs=0.15, bad=bad, raters=raters)
    for row in judged[:30]:
        row.pop()  # not everybody saw everything
    numbers = {"bad": 1.0, "good": 0.0}
    table = [[numbers[row[at]] if at < len(row) else np.nan for row in judged] for at in range(raters)]
    found = agreement(judged)
    assert found.alpha.value == pytest.approx(krippendorff.alpha(table, level_of_measurement="nominal"), abs=1e-9)


def test_raw_is_what_fleiss_starts_from() -> None:
    judged = people(100, errs=0.2, bad=0.4, raters=3)
    table = np.array([[row.count("bad"), row.count("good")] for row in judged])
    kappa = fleiss_kappa(table)
    shares = table.sum(axis=0) / table.sum()
    by_chance = (shares**2).sum()
    found = agreement(judged)
    assert found.raw.value is not None
    assert (found.raw.value - by_chance) / (1 - by_chance) == pytest.approx(kappa, abs=1e-9)


def test_ac1_of_a_table_worked_by_hand() -> None:
    """118 times both yes, 5 and 2 times apart, none both no: raw 0.944, chance 2 × 0.972 × 0.028, AC1 0.941."""
    judged = [["yes", "yes"]] * 118 + [["yes", "no"]] * 5 + [["no", "yes"]] * 2
    found = agreement(judged)
    share = (2 * 118 + 7) / 250
    chance = 2 * share * (1 - share)
    assert found.ac1.value == pytest.approx((0.944 - chance) / (1 - chance))
    assert found.raw.value == pytest.approx(0.944)
    assert found.alpha.value is not None and found.alpha.value < 0  # although they agree nearly always


def test_the_order_of_opinions_and_single_ones_change_nothing() -> None:
    judged = people(60, errs=0.1, bad=0.3)
    assert agreement([row[::-1] for row in judged] + [["good"], []]) == agreement(judged)


def test_without_variation_there_is_no_coefficient() -> None:
    found = agreement([["good", "good"]] * 30)
    assert (found.raw.value, found.alpha.value, found.ac1.value) == (1.0, None, None)
    assert agreement([["good"]]).raw.value is None


def test_intervals_hold_the_truth_of_simulated_reviewers() -> None:
    """Two who err on 10 % of clips each agree on 82 %."""
    held = 0
    for _ in range(200):
        interval = agreement(people(150, errs=0.1, bad=0.2)).raw.interval
        assert interval is not None
        held += interval.low <= 0.82 <= interval.high
    assert held / 200 >= 0.91

"""Draws: of the right size, the same for the same seed, and each clip as often as its probability says."""

from __future__ import annotations

from collections import Counter

import pytest

from db.stats import draws

ITEMS = list(range(50, 90))


def test_the_same_seed_draws_the_same_clips_in_the_same_order() -> None:
    first, again, other = (draws.simple(ITEMS, 10, seed=seed) for seed in (4, 4, 5))
    assert first == again != other
    assert [pick.item for pick in draws.simple(ITEMS, 5, seed=4)] == [pick.item for pick in first[:5]]
    assert {pick.probability for pick in first} == {0.25}


def test_no_more_is_drawn_than_there_is() -> None:
    assert len(draws.simple([1, 2, 3], 10, seed=1)) == 3
    assert {pick.probability for pick in draws.by_risk({1: 0.0, 2: 1.0}, 2, seed=1)} == {1.0}


@pytest.mark.parametrize(
    ("sizes", "size", "taken"),
    [
        ({"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}),
        ({"a": 98, "b": 1, "c": 1}, 10, {"a": 10, "b": 1, "c": 1}),
        ({"a": 60, "b": 40}, 7, {"a": 4, "b": 3}),
    ],
)
def test_strata_get_their_share(sizes: dict[str, int], size: int, taken: dict[str, int]) -> None:
    assert draws.allocate(sizes, size) == taken


def test_strata_are_mixed_in_the_order_of_looking() -> None:
    picks = draws.stratified({item: "even" if item % 2 == 0 else "odd" for item in ITEMS}, 20, seed=2)
    assert Counter(pick.stratum for pick in picks) == {"even": 10, "odd": 10}
    assert len({pick.stratum for pick in picks[:8]}) == 2
    assert {pick.probability for pick in picks} == {0.5}


def test_probabilities_follow_risk_and_sum_to_the_size() -> None:
    chances = draws.inclusion({1: 1.0, 2: 1.0, 3: 2.0, 4: 30.0}, 2)
    assert chances == pytest.approx({1: 0.25, 2: 0.25, 3: 0.5, 4: 1.0})


def test_clips_are_drawn_as_often_as_their_probability_says() -> None:
    risks = {item: (item - 50) / 39 for item in ITEMS}
    drawn: Counter[int] = Counter()
    for seed in range(0, 6000, 3):
        picks = draws.by_risk(risks, 8, seed=seed)
        assert len(picks) == 8
        drawn.update(pick.item for pick in picks)
    wanted = draws.inclusion({item: 1 + 3 * risk for item, risk in risks.items()}, 8)
    assert all(drawn[item] / 2000 == pytest.approx(chance, abs=0.045) for item, chance in wanted.items())

"""The statistics of comparisons, against other libraries and against contestants whose strengths are known."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from db import arena
from db.arena import Duels
from db.stats.wilson import wilson

TRUE = np.array([0.9, 0.2, -0.3, -0.8])


def played(
    strengths: np.ndarray,
    *,
    clips: int,
    votes: int = 1,
    length: float = 0.0,
    kin: float = 0.0,
    ties: float = 0.0,
    spread: float = 1.0,
    seed: int = 0,
) -> Duels:
    """Votes by the model: `votes` on each clip between two of its own, which all share the clip's own bent (sd `kin`). Later
    contestants write longer; lengths spread by `spread`."""
    rng = np.random.default_rng(seed)
    number = len(strengths)
    first = rng.integers(0, number, clips)
    second = (first + rng.integers(1, number, clips)) % number
    one, other = (4 + spread * rng.normal(0.3 * who, 0.3) for who in (first, second))
    bent = rng.normal(0, kin, clips) if kin else np.zeros(clips)
    first, second, one, other, bent, clip = (
        np.repeat(column, votes) for column in (first, second, one, other, bent, np.arange(clips))
    )
    odds = strengths[first] - strengths[second] + length * (one - other) + bent
    share = (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(float)
    share[rng.random(len(odds)) < ties] = 0.5
    longer, usual = arena.around_usual(first, second, (one, other), contestants=number)
    return Duels(number, first, second, share, longer, clip, usual)


def ones(duels: Duels) -> np.ndarray:
    return np.ones(len(duels.share))


def by_statsmodels(duels: Duels) -> tuple[np.ndarray, float]:
    """The same regression elsewhere, without any prior; the first contestant is the origin."""
    rows = np.arange(len(duels.share))
    design = np.zeros((len(rows), duels.contestants + 1))
    design[rows, duels.first] += 1
    design[rows, duels.second] -= 1
    design[:, -1] = duels.longer + duels.usual[duels.first] - duels.usual[duels.second]
    found = GLM(duels.share, design[:, 1:], family=Binomial()).fit().params
    strengths = np.append(0.0, found[:-1])
    return strengths - strengths.mean(), float(found[-1])


def test_evalica_and_our_regression_find_the_same_strengths_where_length_plays_no_part() -> None:
    duels = played(TRUE, clips=3000, spread=0)
    assert arena.bradley_terry(duels, ones(duels)).strengths == pytest.approx(
        arena.at_equal_length(duels, ones(duels)).strengths, abs=1e-3
    )


def test_strengths_at_equal_length_are_those_of_statsmodels() -> None:
    duels = played(TRUE, clips=4000, length=1.2)
    found = arena.at_equal_length(duels, ones(duels))
    strengths, length = by_statsmodels(duels)
    assert found.strengths == pytest.approx(strengths, abs=0.01)
    assert found.length == pytest.approx(length, abs=0.01)


def test_length_is_taken_out_where_it_decided() -> None:
    duels = played(np.zeros(4), clips=4000, length=1.5)  # equals, of which the later write longer
    assert arena.bradley_terry(duels, ones(duels)).strengths.max() > 0.4
    assert np.abs(arena.at_equal_length(duels, ones(duels)).strengths).max() < 0.12


def test_where_everybody_always_writes_the_same_length_nothing_is_taken_out() -> None:
    """Who writes long and who is liked cannot be told apart then."""
    duels = played(TRUE, clips=600, length=1.0)
    fixed = 0.5 * np.arange(4)
    longer, usual = arena.around_usual(duels.first, duels.second, (fixed[duels.first], fixed[duels.second]), contestants=4)
    flat = Duels(4, duels.first, duels.second, duels.share, longer, duels.clip, usual)
    found = arena.at_equal_length(flat, ones(flat))
    assert found.length == pytest.approx(0, abs=1e-9)
    assert found.strengths == pytest.approx(arena.bradley_terry(flat, ones(flat)).strengths, abs=1e-3)


def test_a_tie_is_half_a_win_for_each() -> None:
    duels = played(TRUE, clips=500, ties=0.3)
    halves = np.concatenate([np.where(duels.share == 0.5, 1.0, duels.share), np.where(duels.share == 0.5, 0.0, duels.share)])
    twice = (np.tile(one, 2) for one in (duels.first, duels.second))
    double = Duels(4, *twice, halves, np.tile(duels.longer, 2), duels.clip, duels.usual)
    found = arena.bradley_terry(duels, ones(duels)).strengths
    assert found == pytest.approx(arena.bradley_terry(double, np.full(1000, 0.5)).strengths, abs=1e-3)


def test_who_never_lost_and_who_never_met_stay_finite() -> None:
    one, other = np.zeros(5, np.int64), np.ones(5, np.int64)
    duels = Duels(3, one, other, np.ones(5), np.zeros(5), np.arange(5), np.zeros(3))
    for model in (arena.bradley_terry, arena.at_equal_length):
        best, worst, stranger = model(duels, ones(duels)).strengths
        assert best > stranger > worst
        assert np.isfinite([best, worst, stranger]).all() and best < 5


def test_rounding_lengths_changes_next_to_nothing() -> None:
    duels = played(TRUE, clips=2000, length=1.0)
    whole = arena.at_equal_length(duels, ones(duels))
    rounded = arena.estimate(duels, arena.at_equal_length, rounds=2).fit
    assert rounded.strengths == pytest.approx(whole.strengths, abs=0.01)
    assert rounded.length == pytest.approx(whole.length, abs=0.02)


def covered(model: arena.Model, *, runs: int, clips: int = 250, **how: float) -> float:
    """Share of intervals that hold the strength the votes were made with."""
    hits = 0
    for seed in range(runs):
        low, high = arena.estimate(
            played(TRUE - TRUE.mean(), clips=clips, seed=seed, **how), model, rounds=150, seed=seed
        ).interval()
        hits += int(((low <= TRUE - TRUE.mean()) & (TRUE - TRUE.mean() <= high)).sum())
    return hits / (runs * len(TRUE))


@pytest.mark.parametrize(
    ("model", "how"), [(arena.bradley_terry, {}), (arena.at_equal_length, {"length": 1.0})], ids=["plain", "equal length"]
)
def test_intervals_hold_the_truth_as_often_as_they_say(model: arena.Model, how: dict[str, float]) -> None:
    share = covered(model, runs=40, **how)
    print(f"intervals of 95 % hold the truth in {share:.1%}")
    assert 0.90 <= share <= 0.99


def test_votes_on_one_clip_are_drawn_together() -> None:
    """Five votes a clip that all have the clip's bent: intervals that took them for independent would be too narrow."""
    duels = played(TRUE, clips=80, votes=5, kin=2.0)
    loose = Duels(4, duels.first, duels.second, duels.share, duels.longer, np.arange(len(duels.share)), duels.usual)
    widths = [float(np.mean(np.subtract(*arena.estimate(one, rounds=200).interval()[::-1]))) for one in (duels, loose)]
    assert widths[0] > 1.4 * widths[1]


def test_the_same_seed_gives_the_same_intervals() -> None:
    duels = played(TRUE, clips=60)
    one, again = (arena.estimate(duels, rounds=20, seed=7).interval() for _ in range(2))
    assert np.array_equal(one, again)


def test_ranks_that_intervals_leave_open() -> None:
    low, high = np.array([1.0, 0.5, -2.0]), np.array([2.0, 1.5, -1.0])
    assert arena.rank_ranges(low, high) == [(1, 2), (1, 2), (3, 3)]


@pytest.mark.parametrize(("share", "votes"), [(0.52, 4906), (0.55, 785), (0.60, 197), (0.40, 197), (0.70, 50), (0.5, None)])
def test_votes_a_difference_needs(share: float, votes: int | None) -> None:
    assert arena.votes_needed(share) == votes


def test_the_votes_needed_show_the_difference_four_times_of_five() -> None:
    number = arena.votes_needed(0.6)
    assert number is not None
    wins = np.random.default_rng(0).binomial(number, 0.6, 4000)
    shown = [low > 0.5 for low, _ in ((share.low, share.high) for share in (wilson(int(hits), number) for hits in wins))]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.03)


def test_doubt_is_largest_where_two_never_met_and_smallest_where_votes_agree() -> None:
    never, few, even, agreed = (arena.doubt(*won) for won in ((0, 0), (1, 1), (10, 10), (20, 0)))
    assert never == pytest.approx(1 / 12)
    assert never > few > even > agreed

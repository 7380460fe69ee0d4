"""Every formula gives the indices of the system it comes from."""

from __future__ import annotations

import pytest

from pipelines.sampling import (
    FORMULAS,
    Formula,
    Stretch,
    base,
    every,
    fractions,
    middle,
    per_second,
    segments,
    spread,
    uniform,
)

TEN_SECONDS = Stretch(300, 30.0)
each = pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)


@pytest.mark.parametrize(
    ("formula", "count", "indices"),
    [
        (uniform, 4, [0, 75, 150, 225]),
        (uniform, 8, [0, 37, 75, 112, 150, 187, 225, 262]),
        (middle, 1, [150]),
        (fractions, 3, [60, 150, 240]),
        (segments, 4, [37, 112, 187, 261]),
        (per_second, 24, [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 299]),
        (spread, 4, [0, 100, 199, 299]),
        (spread, 7, [0, 60, 120, 179, 239, 299]),
    ],
)
def test_ten_seconds_at_thirty_frames(formula: Formula, count: int, indices: list[int]) -> None:
    assert formula(TEN_SECONDS, count) == indices


def test_base_takes_both_ends_of_the_first_minute() -> None:
    assert (base(TEN_SECONDS, 24)[:3], base(TEN_SECONDS, 24)[-1], len(base(TEN_SECONDS, 24))) == ([0, 13, 26], 299, 24)
    assert base(Stretch(3000, 25.0), 24)[-1] == 1499


def test_per_second_sees_no_further_than_its_frames() -> None:
    assert per_second(Stretch(1800, 30.0), 24) == [second * 30 for second in range(24)]


def test_per_second_goes_by_the_true_times() -> None:
    times = (0.0, 0.1, 0.9, 1.4, 2.6, 3.0)
    assert per_second(Stretch(6, 2.0, times), 24) == [0, 2, 3, 5]


def test_candidates_for_key_frames() -> None:
    assert every(TEN_SECONDS, 2.0) == [0, 60, 120, 180, 240]
    assert every(Stretch(301, 30.0), 2.0) == [0, 60, 120, 180, 240, 300]
    assert every(Stretch(100, 29.97), 2.0) == [0, 58]
    assert every(Stretch(5, 0.5), 2.0) == [0, 1, 2, 3, 4]


@each
@pytest.mark.parametrize("frames", [1, 2, 3, 7, 90])
@pytest.mark.parametrize("count", [1, 3, 8, 24])
def test_nothing_beyond_the_clip_is_asked_for_and_time_never_runs_back(formula: Formula, frames: int, count: int) -> None:
    indices = formula(Stretch(frames, 30.0), count)
    assert indices and all(0 <= index < frames for index in indices)
    assert indices == sorted(indices)


@pytest.mark.parametrize("frames", range(1, 40))
def test_ours_takes_no_frame_twice_and_an_even_number(frames: int) -> None:
    indices = spread(Stretch(frames, 25.0), 16)
    assert len(set(indices)) == len(indices)
    assert len(indices) == 1 or len(indices) % 2 == 0

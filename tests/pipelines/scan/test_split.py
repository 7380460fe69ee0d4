"""Scenes become clips of useful length whatever the rhythm of the frames."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.scan.params import Scan
from pipelines.scan.split import Scene, divide

STEADY = st.tuples(st.sampled_from([1 / 60, 1001 / 30000, 0.04, 0.1, 0.5]), st.integers(1, 1500)).map(
    lambda pair: [pair[0]] * pair[1]
)
"""Constant rates."""
UNSTEADY = st.lists(st.floats(0.005, 0.2), min_size=1, max_size=400)
"""Variable rates."""
GAPPED = st.lists(st.one_of(st.floats(0.01, 0.1), st.floats(0.1, 30.0)), min_size=1, max_size=120)
"""Frames that stand for many seconds, as slides do."""
LIMITS = st.tuples(st.floats(0.25, 5), st.floats(1, 4)).map(lambda pair: (pair[0], 2 * pair[0] * pair[1]))
FPS = 25


def times_of(shown_for: list[float]) -> list[float]:
    return [0.0, *accumulate(shown_for)]


def params(min_s: float = 3, max_s: float = 10, trim: int = 2) -> Scan:
    return Scan(min_s=min_s, max_s=max_s, trim_frames=trim)


def whole(times: list[float], *, cut: bool = False) -> Scene:
    return Scene(0, len(times) - 1, cut, cut)


@given(st.one_of(STEADY, UNSTEADY, GAPPED), LIMITS, st.integers(0, 5), st.booleans(), st.booleans(), st.data())
def test_clips_are_of_allowed_length_inside_the_scene_and_apart(
    shown_for: list[float], limits: tuple[float, float], trim: int, before: bool, after: bool, data: st.DataObject
) -> None:
    times = times_of(shown_for)
    first = data.draw(st.integers(0, len(shown_for) - 1))
    end = data.draw(st.integers(first + 1, len(shown_for)))
    clips = divide(Scene(first, end, before, after), times, params(*limits, trim))
    inside = first + trim * before, end - trim * after
    for a, b in clips:
        assert limits[0] - 1e-5 <= times[b] - times[a] <= limits[1] + 1e-5
        assert inside[0] <= a < b <= inside[1]
    assert all(one[1] <= other[0] for one, other in pairwise(clips))


@given(st.one_of(STEADY, UNSTEADY), LIMITS)
def test_nothing_of_a_long_enough_scene_is_lost(shown_for: list[float], limits: tuple[float, float]) -> None:
    """Also no tail: while the limits leave room for a frame, the clips cover the scene from end to end."""
    times = times_of(shown_for)
    frame, (min_s, max_s) = max(shown_for), limits
    clips = divide(whole(times), times, params(min_s, max_s))
    if times[-1] < min_s - 1e-5:
        assert clips == []
    elif frame <= min_s / 4 and max_s >= 2 * (min_s + frame):
        assert (clips[0][0], clips[-1][1]) == (0, len(shown_for))
        assert all(one[1] == other[0] for one, other in pairwise(clips))
        lengths = [times[b] - times[a] for a, b in clips]
        assert max(lengths) - min(lengths) <= 2 * frame + 1e-6
        assert len(clips) <= times[-1] / (max_s - frame) + 1


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [
        (2.96, []),
        (3.0, [75]),
        (10.0, [250]),
        (10.04, [125, 126]),  # one frame too long for one clip: two halves, not a clip and a lost rest
        (25.0, [208, 209, 208]),
        (120.0, [250] * 12),
    ],
)
def test_long_scenes_are_divided_evenly(seconds: float, lengths: list[int]) -> None:
    times = [index / FPS for index in range(round(seconds * FPS) + 1)]
    assert [b - a for a, b in divide(whole(times), times, params())] == lengths


def test_the_trim_is_in_frames_and_only_at_cuts() -> None:
    times = [index / FPS for index in range(101)]
    ends = {
        (Scene(0, 100, a, b).cut_before, b): divide(Scene(0, 100, a, b), times, params()) for a in (0, 1) for b in (0, 1)
    }  # type: ignore[arg-type]
    assert ends == {(0, 0): [(0, 100)], (1, 0): [(2, 100)], (0, 1): [(0, 98)], (1, 1): [(2, 98)]}


def test_a_scene_that_the_trim_eats_gives_nothing() -> None:
    assert divide(Scene(0, 3, True, True), [0.0, 5.0, 10.0, 15.0], params()) == []


def test_length_is_real_time_not_frames() -> None:
    slow = [index * 1.0 for index in range(5)]  # five frames, four seconds
    assert divide(whole(slow), slow, params()) == [(0, 4)]
    fast = [index / 240 for index in range(701)]  # seven hundred frames, less than three seconds
    assert divide(whole(fast), fast, params()) == []


@pytest.mark.parametrize("stands_s", [11, 60, 3600])
def test_a_frame_that_stands_too_long_is_left_out_and_the_rest_stays(stands_s: float) -> None:
    times = times_of([0.04] * 200 + [stands_s] + [0.04] * 200)
    clips = divide(whole(times), times, params())
    assert sum(b - a for a, b in clips) >= 350
    assert not any(a <= 200 < b for a, b in clips)


def test_clips_of_fewer_frames_than_there_are_pieces_still_fit() -> None:
    """Rounding to frames adds up: 15 frames would be too long, and 14 in each of 22 pieces too few."""
    times = [index * 1001 / 30000 for index in range(310)]
    clips = divide(whole(times), times, params(0.25, 0.5))
    assert (len(clips), sum(b - a for a, b in clips), max(b - a for a, b in clips)) == (23, 309, 14)


def test_limits_that_cannot_divide_are_refused() -> None:
    with pytest.raises(ValidationError, match="at least twice"):
        Scan(min_s=3, max_s=5)

"""What is remembered of frames, also after the past was forgotten."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipelines.records import VideoInfo
from pipelines.scan.timeline import Timeline

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 0.0, Fraction(1, 1000), 500, "yuv420p", False, False)


def timeline(*pts: int, info: VideoInfo = INFO) -> Timeline:
    made = Timeline(info)
    for number, one in enumerate(pts):
        made.add(one, brightness=number / 10, change=float(number))
    return made


def test_times_count_from_the_first_shown_frame() -> None:
    made = timeline(500, 540, 700)
    assert [made[index] for index in range(3)] == [0, 0.04, 0.2]


def test_the_last_frame_stands_as_long_as_the_one_before_it() -> None:
    made = timeline(500, 540, 640)
    made.close()
    assert made[3] == pytest.approx(0.24)


@pytest.mark.parametrize(("fps", "seconds"), [(25.0, 0.04), (29.97, 0.033), (0.0, 0.001), (100_000.0, 0.001)])
def test_a_single_frame_stands_as_the_rate_says(fps: float, seconds: float) -> None:
    made = timeline(500, info=replace(INFO, fps=fps))
    made.close()
    assert made[1] == pytest.approx(seconds)


def test_forgetting_changes_no_index() -> None:
    made, whole = timeline(*range(500, 900, 40)), timeline(*range(500, 900, 40))
    made.forget(4)
    assert len(made) == len(whole)
    assert len(made.pts) == 6
    assert [made[index] for index in range(4, 10)] == [whole[index] for index in range(4, 10)]
    assert made.brightness_of(5, 8) == whole.brightness_of(5, 8) == [0.5, 0.6, 0.7]
    assert made.frozen(4, 10, up_to=6) == whole.frozen(4, 10, up_to=6) == 2 / 5
    assert made.after(4, 0.1) == whole.after(4, 0.1) == 7


def test_the_first_frame_of_a_clip_repeats_none() -> None:
    made = timeline(500, 540, 580)
    made.change = [0.0, 0.0, 9.0]
    assert made.frozen(0, 3, up_to=0.1) == 0.5
    assert made.frozen(2, 3, up_to=0.1) == 0

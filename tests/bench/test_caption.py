"""The benchmark of captioning counts what it says it counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.caption import Rate, _told, batches, materials, measure
from bench.card import Card, weights
from pipelines.backends.encode import Row
from pipelines.backends.engine import SHARED


@pytest.fixture(scope="module")
def rate(videos: Path, tiny_model: Callable[[str], Path]) -> Rate:
    clips = materials([str(videos / "ffmpeg-python__in.mp4")], 3)
    return measure(tiny_model("qwen3_vl"), clips, tokens=5, frames=4, side=64)


def test_clips_are_taken_in_turn_until_there_are_enough(videos: Path) -> None:
    one, other = (str(videos / name) for name in ("ffmpeg-python__in.mp4", "sam2__05_default_juggle.mp4"))
    clips = materials([one, other], 8)
    assert len(clips) == 8
    assert {material.clip.video.path for material in clips} == {one, other}
    assert all(material.clip.duration_s == pytest.approx(5.0) for material in clips)


def test_every_answer_is_counted(rate: Rate) -> None:
    assert (rate.clips, rate.tokens_out) == (3, 5.0)
    assert rate.tokens_in > 20
    assert rate.ratio == pytest.approx(rate.clips_per_s / rate.bare_clips_per_s)
    assert 0 < rate.busy < 1
    assert not SHARED._held


def test_the_bare_loop_keeps_to_the_room_of_the_engine() -> None:
    rows = [Row({}, tokens) for tokens in (10, 10, 20, 50, 60)]
    assert [len(some) for some in batches(rows, most=2, room=1000, answer=5)] == [2, 2, 1]
    assert [len(some) for some in batches(rows, most=9, room=80, answer=5)] == [3, 1, 1]
    assert [some[0].tokens for some in batches(rows, most=9, room=1, answer=5)] == [10, 10, 20, 50, 60], "one always goes"


def test_it_says_plainly_that_there_was_no_card(rate: Rate) -> None:
    if rate.device == "the processor":
        assert "no card" in _told(rate)
    assert "clips/s bare generate" in _told(rate)


def test_a_card_that_is_not_there_takes_its_time_and_says_what_it_is(videos: Path, tmp_path: Path) -> None:
    clips = materials([str(videos / "ffmpeg-python__in.mp4")], 3)
    rate = measure(weights(tmp_path), clips, tokens=150, frames=4, side=512, card=Card(0.2, 0.1))
    assert rate.clips / rate.bare_clips_per_s >= 0.5, "a batch of three takes 0.2 + 3 × 0.1 s"
    assert rate.tokens_in > 300, "a film has as many tokens as the large model makes of it"
    assert "not there" in _told(rate)

"""Records survive the way through JSON unchanged."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines import wire
from pipelines.records import Caption, Clip, Fact, Measured, Rule, Score, Video, VideoInfo

numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(max_size=20)
infos = st.builds(
    VideoInfo,
    container=words, codec=words, rotation=st.sampled_from((0, 90, 180, 270)), sample_aspect=st.fractions(Fraction(1, 9), 9),
    fps=numbers, duration_s=numbers, time_base=st.fractions(Fraction(1, 10**9), 1), first_pts=st.integers(-(2**63), 2**63),
    pixel_format=words,
)  # fmt: skip
scores = st.one_of(st.builds(Score, words, numbers, st.none()), st.builds(Score, words, st.none(), words))
records = st.one_of(
    infos,
    st.builds(Clip, st.builds(Video, words, words, st.integers(0), infos)),
    st.builds(
        Measured, st.lists(scores, max_size=3).map(tuple), st.lists(st.builds(Fact, words, words), max_size=2).map(tuple)
    ),
    st.builds(Caption, text=words, model=words),
    st.builds(Rule, words, st.none() | numbers, st.none() | numbers),
)


@given(records)
def test_what_goes_in_comes_out(record: object) -> None:
    assert wire.load(type(record), json.loads(json.dumps(wire.dump(record)))) == record


def test_ticks_stay_exact() -> None:
    written = wire.dump(Rule("motion", 0.1)), wire.dump(VideoInfo(
        "mov", "h264", 0, 1, 1, 0, Fraction(4, 3), 29.97, 1.0, Fraction(1001, 30000), 2**62 + 1, "yuv420p", False, False
    ))  # fmt: skip
    assert written[0] == {"score": "motion", "low": 0.1, "high": None}
    assert (written[1]["time_base"], written[1]["first_pts"]) == ("1001/30000", 2**62 + 1)


@pytest.mark.parametrize("value", [{"name": "motion"}, {"name": "motion", "value": "fast", "missing": None}, [], None])
def test_what_is_no_record_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        wire.load(Score, value)


def test_a_score_that_is_no_number_does_not_pass_as_one() -> None:
    """JSON has no NaN; what cannot be written must not come back as something else."""
    with pytest.raises((ValidationError, ValueError)):
        wire.load(Score, json.loads(json.dumps(wire.dump(Score("motion", math.nan)), allow_nan=False)))

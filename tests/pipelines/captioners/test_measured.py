"""The measured caption says what was measured and nothing that was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.captioners.measured import FromMeasurements
from pipelines.records import Clip, Material, Score, Sheet, Video, VideoInfo
from tests.support.scans import Scanned, material

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)
CLIP = Clip(Video("aa", "/films/a.mp4", 1, INFO), 0, 105, 105)
NOTHING = Material(CLIP, Sheet("/nowhere/sheet.jpg", (0.0,), (64, 48)))
FACTS = {"camera": "pan left and zoom in", "colours": "green, blue", "words": "SPRING SALE"}
SCORES = {"motion": 0.1, "brightness": 0.05, "saturation": 0.5}
KNOWN = replace(NOTHING, scores={name: Score(name, value) for name, value in SCORES.items()}, facts=FACTS)


def written(about: Material, **options: bool) -> str:
    (caption,) = FromMeasurements(**options).process([about])
    return caption.text


def without(*facts: str) -> Material:
    return replace(KNOWN, facts={name: text for name, text in FACTS.items() if name not in facts})


def test_everything_measured_is_said() -> None:
    text = written(KNOWN)
    for word in ("4.2 seconds", "pan", "left", "zoom", "green", "blue", "dark", "SPRING SALE"):
        assert word in text, word


@pytest.mark.parametrize(
    ("fact", "words"), [("camera", ("camera", "pan")), ("colours", ("green",)), ("words", ("SPRING", "“"))]
)
def test_what_was_not_measured_is_not_said(fact: str, words: tuple[str, ...]) -> None:
    assert not [word for word in words if word in written(without(fact))]


def test_a_missing_score_is_no_zero() -> None:
    """A clip whose light could not be measured is not called dark, one whose motion could not be, not still."""
    broken = replace(KNOWN, scores={name: Score(name, None, "it broke") for name in SCORES})
    text = written(broken).lower()
    assert not [word for word in ("dark", "bright", "moves,", "movement", "colour") if word in text]


def test_words_can_be_left_out() -> None:
    assert "SPRING SALE" not in written(KNOWN, words=False)


def test_more_of_it_is_said_otherwise() -> None:
    """Each measurement makes a difference in words."""
    for name, values in {
        "motion": (0, 0.005, 0.03, 0.5),
        "brightness": (0.05, 0.2, 0.5, 0.9),
        "saturation": (0.05, 0.2, 0.8),
    }.items():
        texts = {written(replace(KNOWN, scores={**KNOWN.scores, name: Score(name, value)})) for value in values}
        assert len(texts) == len(values), name


@pytest.mark.parametrize(("frames", "says"), [(100, "4 seconds"), (105, "4.2 seconds"), (250, "10 seconds")])
def test_length_in_plain_numbers(frames: int, says: str) -> None:
    assert says in written(replace(NOTHING, clip=replace(CLIP, end_pts=frames)))


moves = st.sampled_from(["static", "handheld", "complex", "pan left", "tilt up and roll right", "zoom out"])
facts = st.fixed_dictionaries(
    {},
    optional={"camera": moves, "colours": st.sampled_from(["red", "red, blue"]), "words": st.text(min_size=1, max_size=30)},
)
scores = st.dictionaries(st.sampled_from(sorted(SCORES)), st.floats(0, 10))


@given(facts, scores)
def test_it_is_always_sentences(facts: dict[str, str], scores: dict[str, float]) -> None:
    text = written(replace(NOTHING, facts=facts, scores={name: Score(name, value) for name, value in scores.items()}))
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert "None" not in text
    assert "  " not in text.replace(facts.get("words", ""), "")


def test_on_a_real_video(scanned: Callable[[str], Scanned]) -> None:
    (clip,) = scanned("media__hdr10-av1.mp4").clips
    text = written(material(clip))
    assert "pan" in text
    assert "right" in text
    assert "4.2 seconds" in text

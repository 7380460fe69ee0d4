"""What is wrong with a caption is seen by its words, and what is right is left alone."""

from __future__ import annotations

import pytest

from pipelines.quality import alike, flags, loop, outcome, sentences, spoken, tokens
from pipelines.records import Outcome

GOOD = "A brown dog runs across a lawn and catches a red ball. The camera pans left to follow it. Trees stand behind."


@pytest.mark.parametrize(
    ("text", "finish", "expected"),
    [
        (GOOD, "stop", Outcome.OK),
        (GOOD, "length", Outcome.TRUNCATED),
        (GOOD, "blocked", Outcome.BLOCKED),
        ("", "stop", Outcome.EMPTY),
        (" \n", "length", Outcome.EMPTY),
        ("I'm sorry, but I can't describe this video.", "stop", Outcome.BLOCKED),
        ("I cannot see any frames.", "stop", Outcome.BLOCKED),
        ("抱歉，我无法描述。", "stop", Outcome.BLOCKED),
        ("A dog runs. " * 5, "stop", Outcome.REPEATED),
        ("the ball goes up and then down " * 6, "length", Outcome.REPEATED),
        ("一只狗在草地上奔跑。" * 4, "stop", Outcome.REPEATED),
        ("Sorry-looking houses line the street.", "stop", Outcome.OK),
    ],
)
def test_how_an_answer_ended(text: str, finish: str, expected: Outcome) -> None:
    found, reason = outcome(text, finish)
    assert found is expected
    assert (reason is None) == (expected is Outcome.OK)


def test_a_refrain_of_three_is_no_loop() -> None:
    assert loop("The dog barks. A cat flees. The dog barks. A bird sings. The dog barks.") is None


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("The video shows a dog.", "lead-in"),
        ("In this short clip, we see a dog.", "lead-in"),
        ("This footage captures a dog.", "lead-in"),
        ("A dog sleeps, evoking a sense of calm.", "subjective"),
        ("There is no text on screen.", "negative"),
        ("一只狗在草地上奔跑。", "language"),
        ("word " * 70, "over 77 tokens (CLIP)"),
        ("word " * 200, "over 226 tokens (CogVideoX)"),
    ],
)
def test_flags(text: str, flag: str) -> None:
    assert flag in flags(text)


def test_a_good_caption_has_no_flags() -> None:
    assert flags(GOOD) == ()
    assert flags("一只棕色的狗跑过草地。", language="zh") == ()
    assert "lead-in" not in flags("A video camera stands on a tripod.")


def test_near_duplicates_are_seen() -> None:
    assert flags(GOOD, others=[GOOD.replace("brown", "black")]) == ("like another",)
    assert not alike(GOOD, "A woman reads a book in a cafe.")
    assert not alike("", "")


def test_languages_by_their_letters() -> None:
    texts = (GOOD, "一只狗", "犬が走っています", "A sign says 出口 above the door to the street", "…")
    assert [spoken(text) for text in texts] == ["en", "zh", "ja", "en", "en"]


def test_sentences_end_where_they_end() -> None:
    text = 'A dog, e.g. a poodle, runs 3.5 m. Then it stops! "Why?" asks Mr. Smith. 一只狗。“跑步！”他说。'
    assert sentences(text) == [
        "A dog, e.g. a poodle, runs 3.5 m.", "Then it stops!", '"Why?" asks Mr. Smith.', "一只狗。", "“跑步！”他说。",
    ]  # fmt: skip
    assert sentences("one line\nanother line") == ["one line", "another line"]
    assert sentences("") == []


def test_tokens_are_estimated_on_the_safe_side() -> None:
    assert 24 <= tokens(GOOD) <= 45
    assert tokens("一只狗") == 3

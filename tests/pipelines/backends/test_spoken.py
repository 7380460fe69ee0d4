"""What of a model's answer is kept."""

from __future__ import annotations

import pytest

from pipelines.backends.spoken import fit, spoken


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("A dog.", "A dog."),
        ("<think>A cat?</think>\n A dog.", "A dog."),
        ("A cat?</think>A dog.", "A dog."),
        ("<think>1</think>2<think>3</think>4", "4"),
        (" <think>A cat? I wonder", ""),
        ("It writes <think> on a board.", "It writes <think> on a board."),
        ("A\x00 dog\ud83d runs\n\tfar 🐕.", "A dog runs\n\tfar 🐕."),
    ],
)
def test_thoughts_and_unfit_characters_are_left_out(said: str, kept: str) -> None:
    assert spoken(said) == kept


def test_everything_in_an_answer_becomes_fit() -> None:
    given = {"a\x00": ["b\udc00", 1, None, {"c": "d\x1b"}]}
    assert fit(given) == {"a": ["b", 1, None, {"c": "d"}]}

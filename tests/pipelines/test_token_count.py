"""Counted by a tokenizer where one is at hand, estimated where not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.errors import Usage
from pipelines.token_count import count, estimate, trimmed

LONG = "A brown dog runs across the wet sand while two children watch from a distance, laughing. " * 3


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 1), ("A dog runs.", 5), ("incomprehensibilities", 6), ("一只狗", 4), ("24 fps, 1080p", 7)],
)
def test_the_estimate_counts_words_marks_and_signs(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


def test_it_errs_upwards_against_what_t5_makes_of_plain_english() -> None:
    """T5's own count of the sentence is 19 with its end sign: every word is a piece of its vocabulary."""
    assert 19 <= estimate("A brown dog runs across the wet sand while two children watch from a distance, laughing.") <= 23


def test_only_whole_sentences_are_kept() -> None:
    assert trimmed(LONG, 45) == " ".join([LONG.strip().split(". ")[0].rstrip(".") + "."] * 2)
    assert trimmed(LONG, 5) == ""
    assert trimmed("A dog. A cat.", 100) == "A dog. A cat."


def test_a_tokenizer_at_hand_counts_exactly(tmp_path: Path) -> None:
    words = {"type": "WordLevel", "vocab": {"[UNK]": 0, "dog": 1}, "unk_token": "[UNK]"}
    file = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None, "model": words}  # fmt: skip
    (tmp_path / "tokenizer.json").write_text(json.dumps(file))
    assert count("A dog runs.", str(tmp_path)) == count("A dog runs.", str(tmp_path / "tokenizer.json")) == 4
    with pytest.raises(Usage, match=r"no tokenizer\.json that can be read"):
        count("A dog.", str(tmp_path / "none"))

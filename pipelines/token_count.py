"""How many tokens a text encoder makes of a caption: counted where its tokenizer is at hand, estimated where not."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import Usage

LETTERS_A_PIECE = 4.5
"""A SentencePiece model of English, as T5 has, splits longer words; common ones up to eight letters stay whole."""
WHOLE_WORD = 8


def estimate(text: str) -> int:
    """Tokens that T5 would make of it, its end sign included; meant to err to the high side.

    A word of up to eight letters is one token, a longer one a token for every 4.5 letters; each punctuation mark and each
    character of a script without spaces is one of its own."""
    return 1 + sum(_pieces(word) for word in re.findall(r"[a-zA-ZÀ-ɏ]+|\d{1,3}|[^\s\w]|\w", text))


def count(text: str, tokenizer: str = "") -> int:
    """Tokens of a text by the `tokenizer.json` at this path; by `estimate` when no path is given. Raises `Usage`."""
    return len(_tokenizer(tokenizer).encode(text).ids) if tokenizer else estimate(text)


def trimmed(text: str, limit: int, tokenizer: str = "") -> str:
    """As many whole sentences from the beginning as fit; empty when not even the first does."""
    sentences = re.split(r"(?<=[.!?。！？])\s+", text.strip())
    while sentences and count(" ".join(sentences), tokenizer) > limit:
        sentences.pop()
    return " ".join(sentences)


def _pieces(word: str) -> int:
    return 1 if len(word) <= WHOLE_WORD else math.ceil(len(word) / LETTERS_A_PIECE)


@lru_cache(maxsize=2)
def _tokenizer(path: str) -> Any:
    place = Path(path).expanduser()
    file = place / "tokenizer.json" if place.is_dir() else place
    try:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(file))
    except ImportError:
        raise Usage("counting with a tokenizer needs the package tokenizers; install it or leave the field empty") from None
    except Exception as error:
        raise Usage(f"{file} is no tokenizer.json that can be read ({error})") from None

"""What a model said, as words that can be kept."""

from __future__ import annotations

import re
from typing import Any

THOUGHT_ENDS = "</think>"
THOUGHT_BEGINS = "<think>"
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of characters: no database keeps them, and no reader sees them."""


def spoken(text: str) -> str:
    """Without what a model thought aloud before; nothing when it never came to an end with thinking."""
    _, ended, after = text.rpartition(THOUGHT_ENDS)
    words = after if ended else text.partition(THOUGHT_BEGINS)[0] if text.lstrip().startswith(THOUGHT_BEGINS) else text
    return UNFIT.sub("", words).strip()


def fit(value: Any) -> Any:
    """A text, or JSON with texts in it, without characters that nobody can keep."""
    match value:
        case str():
            return UNFIT.sub("", value)
        case list():
            return [fit(one) for one in value]
        case dict():
            return {fit(name): fit(one) for name, one in value.items()}
    return value

"""Every sentence the studio shows, by language: `words/en/review.yaml` holds the English ones of the keys `review.…`.

A sentence may have `{placeholders}`, and two forms by number, `one` and `other`, of which the fact `count` chooses. Pages
are built once for each language; scripts get the same words through `scripts/say.js`. What the layers below say (errors,
the meaning of a setting) is English in itself, and is translated when it reaches the screen: see `below.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from studio.words.below import Below

LANGUAGES = {"en": "English", "zh": "简体中文"}
"""The first is for whoever asks for neither."""
FIRST = next(iter(LANGUAGES))
HERE = Path(__file__).parent
FORMS = {"one", "other"}

Sentence = str | Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The sentences of one language."""

    language: str
    sentences: Mapping[str, Sentence]
    below: Below
    """What the layers below say, in this language."""

    def __call__(self, key: str, **facts: Any) -> str:
        """The sentence with its facts in it; numbers have their thousands apart. Raises `KeyError` for an unknown key."""
        found = self.sentences[key]
        if not isinstance(found, str):
            found = found["one"] if facts.get("count") == 1 and "one" in found else found["other"]
        return found.format_map({name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()})

    def or_itself(self, text: str) -> str:
        """The sentence of this key; the text as it is where it is none, as in a page that somebody adds as one file."""
        return self(text) if text in self.sentences else text


@cache
def words(language: str) -> Words:
    """The words of a language; English where a sentence is missing, so that a page never has holes."""
    sentences = {key: sentence for one in dict.fromkeys((FIRST, language)) for key, sentence in read(one).items()}
    return Words(language, sentences, Below.read(HERE / language / "below"))


def read(language: str) -> dict[str, Sentence]:
    """The sentences of a language, as its files have them."""
    return {
        f"{file.stem}.{key}": sentence
        for file in sorted((HERE / language).glob("*.yaml"))
        for key, sentence in _flat(yaml.safe_load(file.read_text("utf-8")))
    }


def _flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Sentence]]:
    for name, value in tree.items():
        if isinstance(value, dict) and not value.keys() <= FORMS:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value

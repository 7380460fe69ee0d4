"""What the layers below the screen say, in another language: errors, what a setting or a recipe is for.

They speak English and know no screen. Here their sentences are recognised, with whatever stands in their placeholders:
`"clip {number} is not there": "没有片段 {number}"` in a file of `words/LANGUAGE/below/` turns "clip 12 is not there" into
"没有片段 12". What stands in `{why}` is such a sentence itself. What nobody has translated stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

INNER = "why"
"""The placeholder for a sentence of the layers below."""
PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Below:
    """Sentences by their English, and patterns for those with placeholders."""

    plain: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def of(cls, pairs: Mapping[str, str]) -> Below:
        """The sentences with the most words of their own are tried first."""
        plain = {english: said for english, said in pairs.items() if not PLACE.search(english)}
        rest = sorted((one for one in pairs if one not in plain), key=lambda one: -len(PLACE.sub("", one)))
        return cls(plain, tuple((pattern(one), pairs[one]) for one in rest))

    @classmethod
    def read(cls, folder: Path) -> Below:
        """All the files of a folder; none where there is no such folder, as for English."""
        files = sorted(folder.glob("*.yaml"))
        return cls.of({english: said for file in files for english, said in yaml.safe_load(file.read_text("utf-8")).items()})

    def __call__(self, sentence: str) -> str:
        """The sentence in this language, or as it is."""
        if sentence in self.plain:
            return self.plain[sentence]
        for known, said in self.patterns:
            found = known.fullmatch(sentence)
            if found:
                places = found.groupdict()
                inner = {INNER: self(places[INNER])} if INNER in places else {}
                return said.format_map(places | inner)
        return sentence


ENGLISH = Below.of({})
"""Says everything as it is."""


def pattern(english: str) -> re.Pattern[str]:
    """Matches the sentence whatever stands in its placeholders."""
    parts = PLACE.split(english)
    names = parts[1::2]
    made = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    assert len(names) == len(set(names)), f"two placeholders of one name in {english!r}"
    return re.compile(made, re.DOTALL)

"""The sentences: every language has all of them, with the same facts in them, and every key that is used is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.words import FIRST, LANGUAGES, Sentence, Words, read, words
from studio.words.below import PLACE, Below

STUDIO = Path(__file__).parents[3] / "studio"
OTHERS = [language for language in LANGUAGES if language != FIRST]
KEY = r"[a-z][\w]*(?:\.[\w]+)+"
COMMENT = re.compile(r"^ *(?://|#)[^\n]*|\"\"\".*?\"\"\"", re.MULTILINE | re.DOTALL)
USED = {
    "*.html": re.compile(rf"(?:\[\[|data-say=\")({KEY})"),
    "*.js": re.compile(rf"\b(?:say|pieces)\(\s*'({KEY})'"),
    "*.py": re.compile(rf"[\"']({KEY})[\"']"),
}


def forms(sentence: Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def places(sentence: Sentence) -> set[str]:
    return {place for form in forms(sentence) for place in PLACE.findall(form)}


def used() -> Iterator[tuple[Path, str]]:
    """(file, key) of all that the sources name outright; of Python, what begins like a key we have."""
    tops = {key.partition(".")[0] for key in read(FIRST)}
    for glob, pattern in USED.items():
        for file in sorted(STUDIO.rglob(glob)):
            text = COMMENT.sub("", file.read_text("utf-8"))
            for key in pattern.findall(text):
                if glob != "*.py" or (key.partition(".")[0] in tops and not key.endswith((".py", ".js", ".css", ".html"))):
                    yield file, key


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_sentence(language: str) -> None:
    assert sorted(read(language)) == sorted(read(FIRST))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_or_sentence_means_something_else_in_yaml(language: str) -> None:
    """`on: there` has the key True, and `word: no` the value False."""
    assert [
        key
        for key, sentence in read(language).items()
        if re.search(r"\.(True|False|None)\b", key) or not all(isinstance(form, str) for form in forms(sentence))
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_facts_are_in_them(language: str) -> None:
    theirs = read(language)
    facts = {key: places(sentence) - {"count"} for key, sentence in read(FIRST).items()}
    assert [key for key, found in facts.items() if found != places(theirs[key]) - {"count"}] == []


def test_every_key_that_is_used_is_there() -> None:
    known = read(FIRST)
    assert [(file.name, key) for file, key in used() if key not in known] == []


def test_facts_and_numbers_stand_in_a_sentence() -> None:
    said = Words("en", {"a.one": {"one": "{count} clip of {who}", "other": "{count} clips of {who}"}}, Below.of({}))
    assert said("a.one", count=1, who="ann") == "1 clip of ann"
    assert said("a.one", count=12_345, who="{who}") == "12,345 clips of {who}"


def test_a_page_never_has_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.words.read", lambda language: {"a.b": "there"} if language == FIRST else {})
    assert words.__wrapped__("zh")("a.b") == "there"


def test_what_the_layers_below_say_is_recognised() -> None:
    pairs = {"it is empty": "空", "{what} is not there": "没有 {what}", "clip {number} is not there": "没有片段 {number}"}
    below = Below.of(pairs)
    assert below("it is empty") == "空"
    assert below("clip 12 is not there") == "没有片段 12", "the one with more words of its own comes first"
    assert below("run {x} is not there") == "没有 run {x}"
    assert below("it is full") == "it is full"


def test_keys_that_are_put_together_lead_somewhere() -> None:
    """Of `say(`review.last.${action}`)` the values are not known here; but some key must have that form."""
    built = re.compile(r"\b(?:say|pieces)\(\s*(?:[^()`\n]{0,80}: )?`([a-z][\w.${}]+)`")
    keys = {key for file in STUDIO.rglob("*.js") for key in built.findall(file.read_text("utf-8"))}
    forms = {key: re.sub(r"\\\$\\\{.*?\\\}", r"\\w+", re.escape(key)) for key in keys}
    assert len(keys) > 20
    known = "\n".join(read(FIRST))
    assert [key for key, form in forms.items() if not re.search(rf"^{form}$", known, re.MULTILINE)] == []


def test_no_sentence_is_left_over() -> None:
    """Every key stands somewhere in the sources, or one of the forms that are put together there fits it."""
    sources = "\n".join(file.read_text("utf-8") for glob in USED for file in STUDIO.rglob(glob))
    put_together = re.findall(r"[`\"]([a-z]\w*\.[\w.]*\$?\{[^`\"]*)[`\"]", sources)
    forms = [re.compile(re.sub(r"(?:\\\$)?\\\{.*?\\\}", "[\\\\w ]+", re.escape(form))) for form in set(put_together)]
    named = set(re.findall(KEY, sources))
    assert [key for key in read(FIRST) if key not in named and not any(form.fullmatch(key) for form in forms)] == []

"""What the layers below say is in the catalogue: every error they raise, every setting, every reason of a verdict."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from pipelines import methods, quality
from pipelines import recipe as recipes
from pipelines.catalogue import catalogue
from pipelines.judge import judge
from pipelines.kinds import ALIGNERS, CAPTIONERS, EXPORTERS, REWRITERS, SCORERS, Cutting
from pipelines.records import Rule, Score
from pipelines.selection import Selection
from studio.components import form
from studio.imports import READ, Reading
from studio.words import FIRST, LANGUAGES, words
from studio.words.below import Below

ROOT = Path(__file__).parents[3]
FOLDERS = ("pipelines", "db", "work", "studio")
MESSAGE_AT = {
    "Usage": 0,
    "Fatal": 0,
    "NotNow": 0,
    "Cancelled": 0,
    "Refused": 1,
    "HTTPException": 1,
    "ClapperError": 0,
    "Problem": 2,
}
ANY = "{item}: {why}"
"""Fits nearly everything, so it proves nothing."""
WORD = re.compile("[a-z]{2}")
"""Without one it only puts others' texts together."""
OTHERS = [language for language in LANGUAGES if language != FIRST]


@pytest.fixture(params=OTHERS)
def below(request: pytest.FixtureRequest) -> Below:
    found = words(request.param).below
    return Below(found.plain, tuple(pair for pair in found.patterns if not pair[0].fullmatch(ANY)))


def knows(below: Below, sentence: str) -> bool:
    return sentence in below.plain or any(known.fullmatch(sentence) for known, _ in below.patterns)


def texts(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    """What an expression says, with an X for whatever is put into it; nothing where it only hands a text on."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from chain(texts(one, named), texts(other, named))
        case ast.BinOp(left=left, op=ast.Add()):
            yield from (f"{text}X" for text in texts(left, named))
        case ast.Name(id=name) if name in named:
            yield from texts(named[name], {})


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


def raised() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every error that is made for people."""
    for file, tree in trees():
        nodes = list(ast.walk(tree))
        named = {one.targets[0].id: one.value for one in nodes if isinstance(one, ast.Assign) and _is_name(one.targets[0])}
        for call in (one for one in nodes if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)):
            at = MESSAGE_AT.get(call.func.id)
            if at is not None and len(call.args) > at:
                yield from ((str(file), text) for text in texts(call.args[at], named) if WORD.search(text))


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def settings() -> Iterator[str]:
    """What forms say: parts, labels, what a setting is for, what an empty one means; and what models are for."""
    known = [*map(recipes.load, recipes.names()), *map(methods.recipe_of, methods.names())]
    parts = chain.from_iterable(form.parts(recipe) for recipe in known)
    yield from (recipe.about for recipe in known)
    for part in parts:
        yield from (part.title, part.about)
        yield from chain.from_iterable((one.label, one.info, one.empty) for one in part.fields)
    kinds = [model for kind in (ALIGNERS, CAPTIONERS, EXPORTERS, REWRITERS, SCORERS) for _, model in kind]
    yield from (kind.about for kind in kinds)
    yield from (model.about for model in catalogue().values())
    for model, owner in [(Cutting, "clips"), (Selection, "selection"), (Reading, READ), *((kind, "") for kind in kinds)]:
        yield from chain.from_iterable((one.label, one.info, one.empty) for one in form.fields(model, owner))


def verdicts() -> Iterator[str]:
    """Reasons of clips, and what is found wrong with captions."""
    scores = {"low": Score("low", 0.0), "high": Score("high", 9.0), "failed": Score("failed", None, "not measured")}
    yield from judge(scores, [Rule("low", 1.0, None), Rule("high", None, 1.0)]).reasons
    yield from judge(scores, [Rule("failed", 1.0, None), Rule("absent", 1.0, None)]).reasons
    for text, finish in [
        ("", "blocked"),
        ("", "stop"),
        ("I'm sorry.", "stop"),
        ("it is so. " * 9, "stop"),
        ("A dog", "length"),
    ]:
        yield quality.outcome(text, finish)[1] or ""
    long = "The video shows a dog evoking a sense of calm; there is no cat. " * 30
    yield from quality.flags(long, language="zh", others=[long])


def test_every_error_is_translated(below: Below) -> None:
    found = set(raised())
    assert len(found) > 300, "they are no longer found"
    assert sorted(pair for pair in found if not knows(below, pair[1])) == []


def test_every_setting_is_translated(below: Below) -> None:
    assert sorted({text for text in settings() if text and not knows(below, text)}) == []


def test_every_verdict_is_translated(below: Below) -> None:
    found = set(verdicts())
    assert len(found) >= 16
    assert sorted(text for text in found if not knows(below, text)) == []


def test_nothing_is_kept_that_nobody_says(below: Below) -> None:
    said = {text for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.expr) for text in texts(node, {})}
    said |= set(settings())
    assert sorted(set(below.plain) - said) == []
    assert [known.pattern for known, _ in below.patterns if not any(map(known.fullmatch, said))] == []


def test_a_sentence_in_a_sentence_is_translated_too() -> None:
    below = Below.of({ANY: ANY, "it is empty": "空", "{score} missing: {why}": "缺少 {score}：{why}"})
    assert below("a.mp4: it is empty") == "a.mp4: 空"
    assert below("motion missing: it is empty") == "缺少 motion：空"

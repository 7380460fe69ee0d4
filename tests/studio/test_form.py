"""Forms from fields: which control a field gets, and what a changed control becomes on the command line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelines import methods
from pipelines import recipe as recipes
from studio.components import form

QUICKSTART = recipes.load("quickstart")


@pytest.mark.parametrize(
    "spec, kind",
    [
        ({"enum": ["a", "b"], "type": "string"}, "choice"),
        ({"type": "boolean"}, "check"),
        ({"type": "integer", "minimum": 0, "maximum": 30}, "slider"),
        ({"type": "number", "minimum": 0, "maximum": 1}, "slider"),
        ({"type": "number", "minimum": 1, "maximum": 86400}, "number"),
        ({"type": "integer"}, "number"),
        ({"type": "string"}, "text"),
        ({"format": "prompt"}, "prompt"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "text"),
    ],
)
def test_every_kind_of_field_has_its_control(spec: dict[str, Any], kind: str) -> None:
    assert form.field("stage.name", "Name", spec, None).kind == kind


@pytest.mark.parametrize("name", [*recipes.names(), *methods.names()])
def test_a_form_holds_what_was_chosen_and_nothing_else(name: str) -> None:
    recipe = recipes.load(name) if name in recipes.names() else methods.recipe_of(name)
    drawn = form.given(form.shape(name, form.parts(recipe)))
    assert set(drawn) == set(form.values(recipe))
    assert form.sets(recipe, drawn) == []


def test_what_a_person_typed_stands_before_what_was_drawn() -> None:
    drawn = form.shape("quickstart", form.parts(QUICKSTART))
    assert form.given({**drawn, "values": {"scan.max_s": "8", "another.field": "3"}})["scan.max_s"] == "8"
    assert form.sets(QUICKSTART, form.given({**drawn, "values": {"scan.max_s": "8"}})) == ["scan.max_s=8"]
    assert form.given(None) == {}


@pytest.mark.parametrize(
    "name, spec, says",
    [
        ("max_s", {"title": "Max S"}, "Max, seconds"),
        ("sheet_px", {}, "Sheet, pixels"),
        ("trim_frames", {"title": "Trim Frames"}, "Trim frames"),
        ("crf", {"title": "Quality"}, "Quality"),
    ],
)
def test_labels_are_words(name: str, spec: dict[str, Any], says: str) -> None:
    assert form.label(name, spec) == says


def test_what_was_not_touched_is_not_set() -> None:
    assert form.sets(QUICKSTART, form.values(QUICKSTART)) == []


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("scan.max_s", 8, "scan.max_s=8"),
        ("scan.black_below", 0.015, "scan.black_below=0.015"),
        ("scan.threshold", "12.5", "scan.threshold=12.5"),
        ("scan.detector", "content", "scan.detector=content"),
        ("measured.words", False, "measured.words=false"),
        ("rules.motion.low", "0.00001", "rules.motion.low=0.00001"),
        ("rules.motion.low", "", "rules.motion.low="),
        ("rules.duration.high", "9", "rules.duration.high=9"),
    ],
)
def test_what_was_touched_is_set_and_the_command_line_reads_it_back(name: str, value: Any, text: str) -> None:
    assert form.sets(QUICKSTART, {**form.values(QUICKSTART), name: value}) == [text]
    there = form.values(recipes.load("quickstart", [text]))
    assert form.same(there.get(name), value)


@pytest.mark.parametrize("word", ["yes", "1.0", "a: b", "'", "#", "null", "ünïcode", "-"])
def test_words_survive_the_way_through_yaml(word: str) -> None:
    assert yaml.safe_load(form.plain(word)) == word


def test_what_a_recipe_does_not_have_is_not_sent() -> None:
    assert form.sets(QUICKSTART, {"another.field": 3}) == []

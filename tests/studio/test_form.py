"""Forms from fields: which control a field gets, and what a changed control becomes on the command line."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
import yaml

from pipelines import recipe as recipes
from studio.components import form
from tests.support.studio import in_loop

QUICKSTART = recipes.load("quickstart")


def draw() -> form.Form:
    with gr.Blocks():
        return form.draw([QUICKSTART], QUICKSTART)


@pytest.mark.parametrize(
    "spec, kind",
    [
        ({"enum": ["a", "b"], "type": "string"}, gr.Dropdown),
        ({"type": "boolean"}, gr.Checkbox),
        ({"type": "integer", "minimum": 0, "maximum": 30}, gr.Slider),
        ({"type": "number", "minimum": 0, "maximum": 1}, gr.Slider),
        ({"type": "number", "minimum": 1, "maximum": 86400}, gr.Number),
        ({"type": "integer"}, gr.Number),
        ({"type": "string"}, gr.Textbox),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, gr.Textbox),
    ],
)
def test_every_kind_of_field_has_its_control(spec: dict[str, Any], kind: type) -> None:
    assert type(form.control("name", spec, None)) is kind


def test_every_field_of_every_recipe_can_be_set() -> None:
    drawn = in_loop(draw)
    assert set(form.values(QUICKSTART)) <= set(drawn.controls)
    assert set(drawn.parts) == {stage.name for stage in QUICKSTART.stages()}


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
    drawn = in_loop(draw)
    assert form.sets(QUICKSTART, {name: control.value for name, control in drawn.controls.items()}) == []


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

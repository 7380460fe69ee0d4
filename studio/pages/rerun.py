"""Re-run: caption clips again with another method, model or prompt, and see first what will be asked and what it takes."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from typing import Any

import gradio as gr

from pipelines import methods
from pipelines.errors import Usage
from pipelines.recipe import Recipe
from studio.components import form
from studio.page import Page, Studio
from studio.widget import EDITING, QUICK, widget

FIRST = "video"


def build(studio: Studio) -> None:
    known = {name: methods.recipe_of(name) for name in methods.names()}
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            method = gr.Dropdown(list(known), value=FIRST, label="Method", info=known[FIRST].about, filterable=False)
            controls = form.draw(list(known.values()), known[FIRST], without=("scan",), unfolded=True)
        with gr.Column(scale=8, min_width=320):
            start = widget("start_rerun", studio.words, value=asked(known[FIRST], {}))

    def describe(given: Mapping[Any, Any]) -> dict[str, Any]:
        values = {name: given[control] for name, control in controls.controls.items()}
        return asked(known[given[method]], values)

    def choose(given: Mapping[Any, Any]) -> dict[Any, Any]:
        chosen = known[given[method]]
        return form.show(controls, chosen) | {
            start: gr.update(value=asked(chosen, {})),
            method: gr.update(info=chosen.about),
        }

    everything = {method, *controls.controls.values()}
    gr.on(
        [control.input for control in controls.controls.values()],
        describe, everything, start, trigger_mode="always_last", js=EDITING, **QUICK,
    )  # fmt: skip
    method.input(
        choose, everything, {start, method, *controls.controls.values(), *controls.parts.values()}, js=EDITING, **QUICK
    )


def asked(recipe: Recipe, values: Mapping[str, Any]) -> dict[str, Any]:
    """The method that the form describes, the command that does the same, and what is wrong with it, if anything is."""
    sets = form.sets(recipe, values)
    words = ["python", "app.py", "rerun", "--method", recipe.name, *(word for text in sets for word in ("--set", text))]
    found = {"method": recipe.name, "sets": sets, "command": shlex.join(words), "at": time.time()}
    return found | {"problem": problem(recipe.name, sets)}


def problem(method: str, sets: list[str]) -> str | None:
    """Why these settings do not fit."""
    try:
        methods.recipe_of(method, sets)
    except Usage as error:
        return str(error)
    return None


PAGE = Page("rerun.title", "/rerun", order=55, build=build)

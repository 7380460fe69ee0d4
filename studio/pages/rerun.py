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
            settings = widget("settings", studio.words, value=drawn(known[FIRST]))
        with gr.Column(scale=8, min_width=320):
            start = widget("start_rerun", studio.words, value=asked(known[FIRST], {}))

    def describe(name: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
        return asked(known[name], form.given(drawn))

    def choose(name: str) -> tuple[Any, ...]:
        chosen = known[name]
        return drawn(chosen), asked(chosen, {}), gr.update(info=chosen.about)

    settings.changed(describe, [method, settings], start, trigger_mode="always_last", js=EDITING, **QUICK)
    method.input(choose, method, [settings, start, method], js=EDITING, **QUICK)


def drawn(recipe: Recipe) -> dict[str, Any]:
    """The method's own settings; which clips there are is no question here."""
    return form.shape(recipe.name, form.parts(recipe, without=("scan",), unfolded=True))


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

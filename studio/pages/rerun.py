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
from studio.words.below import Below

FIRST = "video"


def build(studio: Studio) -> None:
    known, told = {name: methods.recipe_of(name) for name in methods.names()}, studio.words.below
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            info = told(known[FIRST].about)
            method = gr.Dropdown(list(known), value=FIRST, label=studio.words("rerun.method"), info=info, filterable=False)
            settings = widget("settings", studio.words, value=drawn(known[FIRST], told))
        with gr.Column(scale=8, min_width=320):
            start = widget("start_rerun", studio.words, value=asked(known[FIRST], {}, told))

    def describe(name: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
        return asked(known[name], form.given(drawn), told)

    def choose(name: str) -> tuple[Any, ...]:
        chosen = known[name]
        return drawn(chosen, told), asked(chosen, {}, told), gr.update(info=told(chosen.about))

    settings.changed(describe, [method, settings], start, trigger_mode="always_last", js=EDITING, **QUICK)
    method.input(choose, method, [settings, start, method], js=EDITING, **QUICK)


def drawn(recipe: Recipe, told: Below) -> dict[str, Any]:
    """The method's own settings; which clips there are is no question here."""
    return form.shape(recipe.name, form.parts(recipe, without=("scan",), unfolded=True), told=told)


def asked(recipe: Recipe, values: Mapping[str, Any], told: Below) -> dict[str, Any]:
    """The method that the form describes, the command that does the same, and what is wrong with it, if anything is."""
    sets = form.sets(recipe, values)
    words = ["python", "app.py", "rerun", "--method", recipe.name, *(word for text in sets for word in ("--set", text))]
    found = {"method": recipe.name, "sets": sets, "command": shlex.join(words), "at": time.time()}
    return found | {"problem": problem(recipe.name, sets, told)}


def problem(method: str, sets: list[str], told: Below) -> str | None:
    """Why these settings do not fit."""
    try:
        methods.recipe_of(method, sets)
    except Usage as error:
        return told(str(error))
    return None


PAGE = Page("rerun.title", "/rerun", order=55, build=build)

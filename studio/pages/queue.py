"""Queue: folders, lists or uploads in; runs, how far they are, and why something failed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from pipelines import recipe as recipes
from pipelines.errors import Usage
from pipelines.recipe import Recipe
from settings import Settings, data_folder
from studio.components import form
from studio.inputs import allowed_folders
from studio.page import Page, Studio
from studio.widget import EDITING, QUICK, widget

FIRST = "quickstart"


def build(studio: Studio) -> None:
    known = {name: recipes.load(name) for name in recipes.names()}
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            label, info = "Folders, videos or lists", hint(studio.settings)
            paths = gr.Textbox(label=label, info=info, lines=3, max_lines=12, placeholder="/data/films")
            upload = widget("upload", studio.words)
            recipe = gr.Dropdown(list(known), value=FIRST, label="Recipe", info=known[FIRST].about, filterable=False)
            controls = form.draw(list(known.values()), known[FIRST])
            start = widget("start_run", studio.words, value=asked(studio.settings, "", known[FIRST], {}))
        with gr.Column(scale=8, min_width=320):
            widget("job_list", studio.words)

    def describe(given: Mapping[Any, Any]) -> dict[str, Any]:
        values = {name: given[control] for name, control in controls.controls.items()}
        return asked(studio.settings, given[paths], known[given[recipe]], values)

    def choose(given: Mapping[Any, Any]) -> dict[Any, Any]:
        chosen = known[given[recipe]]
        value = asked(studio.settings, given[paths], chosen, {})
        return form.show(controls, chosen) | {start: gr.update(value=value), recipe: gr.update(info=chosen.about)}

    def take(text: str, event: gr.EventData) -> str:
        return "\n".join([*text.splitlines(), str(event.folder)])

    def again(event: gr.EventData) -> dict[Any, Any]:
        """The form as a former run had it."""
        name, text = str(event.recipe), "\n".join(map(str, event.inputs))
        if name not in known:
            return {paths: text}
        was = recipes.load(name, [str(one) for one in event.sets])
        value = asked(studio.settings, text, known[name], form.values(was))
        shown = {paths: text, recipe: gr.update(value=name, info=was.about), start: gr.update(value=value)}
        return form.show(controls, was) | shown

    everything = {paths, recipe, *controls.controls.values()}
    moved = [paths.change, *(control.input for control in controls.controls.values())]
    gr.on(moved, describe, everything, start, trigger_mode="always_last", js=EDITING, **QUICK)
    recipe.input(
        choose, everything, {start, recipe, *controls.controls.values(), *controls.parts.values()}, js=EDITING, **QUICK
    )
    drawn = {paths, start, recipe, *controls.controls.values(), *controls.parts.values()}
    start.again(again, None, drawn, js=EDITING, **QUICK)
    upload.uploaded(take, paths, paths, **QUICK)


def hint(settings: Settings) -> str:
    """What may be typed."""
    if not allowed_folders(settings):
        return "One path a line, on the machine that runs the studio."
    roots = ", ".join(map(str, settings.roots))
    return f"One path a line, below {roots}." if roots else "Uploads only: no folder of this server may be queued from here."


def asked(settings: Settings, text: str, recipe: Recipe, values: Mapping[str, Any]) -> dict[str, Any]:
    """The run that the form describes, the command that does the same, and what is wrong with it, if anything is."""
    inputs = [line.strip() for line in text.splitlines() if line.strip()]
    sets = form.sets(recipe, values)
    command = command_line(settings, inputs or ["PATH"], recipe.name, sets)
    value = {"inputs": inputs, "recipe": recipe.name, "sets": sets, "command": command}
    return value | {"problem": problem(recipe.name, sets), "at": time.time()}


def command_line(settings: Settings, inputs: Sequence[str], recipe: str, sets: Sequence[str]) -> str:
    """What does the same in a terminal."""
    words = ["python", "app.py", "run", *inputs, "--recipe", recipe]
    if settings.data != data_folder():
        words += ["--data", str(settings.data)]
    return shlex.join([*words, *(word for text in sets for word in ("--set", text))])


def problem(recipe: str, sets: Sequence[str]) -> str | None:
    """Why these settings do not fit."""
    try:
        recipes.load(recipe, sets)
    except Usage as error:
        return str(error)
    return None


PAGE = Page("queue.title", "/queue", order=10, build=build)

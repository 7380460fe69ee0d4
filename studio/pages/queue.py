"""Queue: folders, lists or uploads in; runs, how far they are, and why something failed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines import recipe as recipes
from pipelines.errors import Usage
from pipelines.lists import LISTS
from pipelines.recipe import Recipe
from settings import Settings, data_folder
from studio.components import form
from studio.components.form import Part
from studio.imports import READ, Reading
from studio.inputs import allowed_folders
from studio.page import Page, Studio
from studio.widget import EDITING, MOVED, QUICK, widget
from studio.words import Words
from studio.words.below import Below

WAYS = ("videos", "captions")
FIRST = {"videos": "quickstart", "captions": "as-is"}
"""The recipe that each way in begins with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    way: str
    text: str
    recipe: Recipe
    values: Mapping[str, Any]
    """By what `--set` calls them; those of `READ` say how a list is to be read."""

    @property
    def inputs(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]

    @property
    def reading(self) -> Reading | None:
        return Reading.of(self.values) if self.way == "captions" else None


def build(studio: Studio) -> None:
    known = {name: recipes.load(name) for name in recipes.names()}
    first = Asked("videos", "", known[FIRST["videos"]], {})
    words, told = studio.words, studio.words.below
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            ways = [(words(f"queue.form.{name}"), name) for name in WAYS]
            way = gr.Radio(ways, value="videos", label=words("queue.form.have"), elem_classes="ways")
            label, info = words("queue.form.paths"), hint(studio.settings, words)
            paths = gr.Textbox(label=label, info=info, lines=3, max_lines=12, placeholder="/data/films")
            upload = widget("upload", words)
            recipe = gr.Dropdown(
                list(known),
                value=first.recipe.name,
                label=words("queue.form.recipe"),
                info=told(first.recipe.about),
                filterable=False,
            )
            settings = widget("settings", words, value=drawn(first, told=told))
            start = widget("start_run", words, value=asked(studio.settings, first, told))
        with gr.Column(scale=8, min_width=320):
            widget("job_list", words)

    def describe(way: str, text: str, name: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
        return asked(studio.settings, Asked(way, text, known[name], form.given(drawn)), told)

    def choose(way: str, text: str, name: str) -> tuple[Any, ...]:
        """The recipe's own settings."""
        wanted = Asked(way, text, known[name], {})
        info = told(wanted.recipe.about)
        return drawn(wanted, told=told), asked(studio.settings, wanted, told), gr.update(value=name, info=info)

    def enter(way: str, text: str) -> tuple[Any, ...]:
        return choose(way, text, FIRST[way])

    def take(way: str, text: str, event: gr.EventData) -> str:
        folder = studio.settings.uploads / Path(str(event.folder)).name
        lists = uploaded_lists(folder) if way == "captions" else []
        return "\n".join([*text.splitlines(), *(lists or [str(folder)])])

    def again(event: gr.EventData) -> tuple[Any, ...]:
        """The form as a former run had it."""
        name, way, text = str(event.recipe), "captions" if event.reading else "videos", "\n".join(map(str, event.inputs))
        if name not in known:
            return gr.skip(), text, gr.skip(), gr.skip(), gr.skip()
        was = recipes.load(name, [str(one) for one in event.sets])
        values = form.values(was) | (Reading.model_validate(event.reading).values() if event.reading else {})
        wanted = Asked(way, text, known[name], values)
        shown = gr.update(value=name, info=told(was.about))
        return way, text, shown, drawn(wanted, values, told=told), asked(studio.settings, wanted, told)

    everything = [way, paths, recipe, settings]
    paths.change(None, js=MOVED, **QUICK)
    settings.changed(describe, everything, start, trigger_mode="always_last", js=EDITING, **QUICK)
    chosen = [settings, start, recipe]
    recipe.input(choose, [way, paths, recipe], chosen, js=EDITING, **QUICK)
    way.input(enter, [way, paths], chosen, js=EDITING, **QUICK)
    start.again(again, None, [way, paths, recipe, settings, start], js=EDITING, **QUICK)
    upload.uploaded(take, [way, paths], paths, **QUICK)


def drawn(asked: Asked, values: Mapping[str, Any] | None = None, *, told: Below) -> dict[str, Any]:
    """The settings of what is asked, as they are with `values`, else as they were left."""
    return form.shape(f"{asked.way} {asked.recipe.name}", parts(asked), values, told=told)


def parts(asked: Asked) -> Iterator[Part]:
    """How a list is read, where there is one, then everything that can be set about the recipe."""
    if asked.way == "captions":
        yield Part("How the list is read", READING, tuple(form.fields(Reading, READ)), open=True)
    yield from form.parts(asked.recipe)


READING = "Columns are found by their usual names; name them where yours are called otherwise. Nothing is cut again."


def uploaded_lists(folder: Path) -> list[str]:
    """Lists in a folder of uploads; a text file is a caption beside its video."""
    return sorted(map(str, (path for path in folder.iterdir() if path.suffix.lower() in LISTS.keys() - {".txt"})))


def hint(settings: Settings, words: Words) -> str:
    """What may be typed."""
    if not allowed_folders(settings):
        return words("queue.form.one_a_line")
    roots = ", ".join(map(str, settings.roots))
    return words("queue.form.below", roots=roots) if roots else words("queue.form.uploads_only")


def asked(settings: Settings, form_says: Asked, told: Below) -> dict[str, Any]:
    """The run that the form describes, the command that does the same, and what is wrong with it, if anything is."""
    recipe, inputs = form_says.recipe.name, form_says.inputs
    sets = form.sets(form_says.recipe, form_says.values)
    reading = form_says.reading
    command = command_line(settings, inputs or ["PATH"], recipe, sets, reading=reading)
    value = {
        "inputs": inputs,
        "recipe": recipe,
        "sets": sets,
        "reading": reading and reading.model_dump(),
        "command": command,
    }
    return value | {"problem": problem(recipe, sets, told), "at": time.time()}


def command_line(
    settings: Settings, inputs: Sequence[str], recipe: str, sets: Sequence[str], *, reading: Reading | None = None
) -> str:
    """What does the same in a terminal: a line, or one for each list to import."""
    data = [] if settings.data == data_folder() else ["--data", str(settings.data)]
    rest = ["--recipe", recipe, *data, *(word for text in sets for word in ("--set", text))]
    if reading is None:
        return shlex.join(["python", "app.py", "run", *inputs, *rest])
    return "\n".join(shlex.join(["python", "app.py", "import", one, *reading.options(), *rest]) for one in inputs)


def problem(recipe: str, sets: Sequence[str], told: Below) -> str | None:
    """Why these settings do not fit."""
    try:
        recipes.load(recipe, sets)
    except Usage as error:
        return told(str(error))
    return None


PAGE = Page("queue.title", "/queue", order=10, build=build)

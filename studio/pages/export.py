"""Export: which pairs leave, in which format, and what became of each export."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import gradio as gr

from db import exports
from pipelines.errors import Usage
from pipelines.kinds import EXPORTERS
from studio.api.exports import configured
from studio.components import form
from studio.page import Page, Studio
from studio.widget import EDITING, QUICK, widget

FIRST = "easyanimate"
FIRST_ROWS = 3
WHICH = {
    "accepted": "Accepted by a person",
    "accepted_lot": "Accepted, by a person or with their lot",
    "kept": "Accepted, and kept by the rules",
    "all": "Everything with a caption that nobody rejected",
}


def build(studio: Studio) -> None:
    formats = [name for name, _ in EXPORTERS]
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            format = gr.Dropdown(formats, value=FIRST, label="Format", info=EXPORTERS[FIRST].about, filterable=False)
            which = gr.Radio(choices({}), value="accepted", label="Clips", elem_classes="lines")
            with gr.Accordion("Options", open=False):
                options = {made: draw_options(made) for made in formats}
            start = widget("start_export", value={}, below=str(studio.settings.exports))
        with gr.Column(scale=8, min_width=320):
            widget("export_list")

    def describe(given: Mapping[Any, Any]) -> dict[Any, Any]:
        values = {field: given[control] for field, control in options[given[format]].items()}
        rows, counts = look(studio, given[format], given[which])
        value = {"format": given[format], "which": given[which], "options": values, "rows": rows, "at": time.time()}
        return {start: gr.update(value=value), which: gr.update(choices=choices(counts))}

    everything = {format, which, *(control for made in options.values() for control in made.values())}
    gr.on(None, describe, everything, {start, which}, trigger_mode="always_last", js=EDITING, **QUICK)


def draw_options(name: str) -> dict[str, Any]:
    """Controls of a format's own fields."""
    properties = EXPORTERS[name].model_json_schema().get("properties", {})
    return {field: form.control(field, spec, spec.get("default")) for field, spec in properties.items()}


def look(studio: Studio, format: str, which: str) -> tuple[str, dict[str, int]]:
    """The first rows as text, and how many pairs each choice holds."""
    try:
        exporter = configured(format, {})
    except Usage:
        return "", {}
    with studio.store.read() as session:
        found = exports.preview(session, which, FIRST_ROWS)
        counts = {name: exports.count(session, name) for name in WHICH}
    return (exporter.preview(found) if found else ""), counts


def choices(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The choices with their numbers of pairs, once these are known."""
    return [(f"{words} · {counts[which]:,}" if which in counts else words, which) for which, words in WHICH.items()]


PAGE = Page("Export", "/export", order=90, build=build)

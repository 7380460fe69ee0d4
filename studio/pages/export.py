"""Export: which pairs leave, in which format, what it will come to, and what became of each export."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import gradio as gr

from db import exports, leaving, outlook
from db.exports import Request
from pipelines.errors import Usage
from pipelines.kinds import EXPORTERS, Cutting, Exporter
from pipelines.options import filled
from pipelines.selection import WHICH, Selection
from studio.components import form
from studio.components.form import Part
from studio.page import Page, Studio
from studio.widget import EDITING, MOVED, QUICK, widget
from studio.words import Words
from studio.words.below import Below

FIRST = "easyanimate"
FIRST_ROWS = 3
ELSEWHERE = ("selection.which", "selection.where")
"""Fields of the selection that have controls of their own."""
MOST_CHILDREN = 4
"""As a worker has them: here only to say how long it will take."""


@dataclass(frozen=True)
class Controls:
    """All of the form."""

    format: Any
    which: Any
    where: Any
    settings: Any


def build(studio: Studio) -> None:
    told = studio.words.below
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=5, min_width=320, elem_classes="form"):
            controls = draw(studio.words)
            start = widget("start_export", studio.words, value={}, below=str(studio.settings.exports))
        with gr.Column(scale=8, min_width=320):
            widget("export_list", studio.words)

    def describe(given: Mapping[Any, Any]) -> dict[Any, Any]:
        asked = as_sent(controls, given)
        seen, counts = look(studio, asked)
        return {
            start: gr.update(value={**asked, **seen, "at": time.time()}),
            controls.which: gr.update(choices=choices(counts, told)),
            controls.format: gr.update(info=told(EXPORTERS[asked["format"]].about)),
        }

    asked = {controls.format, controls.which, controls.where, controls.settings}
    shown = {start, controls.which, controls.format}
    gr.on([one.change for one in (controls.format, controls.which, controls.where)], None, js=MOVED, **QUICK)
    controls.settings.changed(describe, asked, shown, trigger_mode="always_last", js=EDITING, **QUICK)
    controls.format.input(partial(drawn, told=told), controls.format, controls.settings, **QUICK)


def draw(words: Words) -> Controls:
    """Format, clips and captions, with everything that can be set about them."""
    formats, told = [name for name, _ in EXPORTERS], words.below
    info = told(EXPORTERS[FIRST].about)
    format = gr.Dropdown(formats, value=FIRST, label=words("export.form.format"), info=info, filterable=False)
    which = gr.Radio(choices({}, told), value="accepted", label=words("export.form.clips"), elem_classes="lines")
    where = gr.Textbox(
        label=words("export.form.where"),
        info=words("export.form.where_hint"),
        lines=1,
        max_lines=6,
        placeholder="motion>0.02",
    )
    return Controls(format, which, where, widget("settings", words, value=drawn(FIRST, told)))


def drawn(format: str, told: Below) -> dict[str, Any]:
    """What can be set about captions and files, and about the format where it has anything of its own."""
    own = tuple(form.fields(EXPORTERS[format], format))
    captions = tuple(one for one in form.fields(Selection, "selection") if one.name not in ELSEWHERE)
    files = tuple(form.fields(Cutting, "clips"))
    parts = (Part("Format options", "", own), Part("Captions and split", "", captions), Part("Clip files", "", files))
    return form.shape("export", [part for part in parts if part.fields], told=told) | {"eager": True}


def as_sent(controls: Controls, given: Mapping[Any, Any]) -> dict[str, Any]:
    """What the form says, as the studio's own route takes it; an emptied box stands for the usual."""
    format, typed = given[controls.format], form.given(given[controls.settings])

    def values(owner: str) -> dict[str, Any]:
        return {name.removeprefix(owner): one for name, one in typed.items() if name.startswith(owner) and one != ""}

    where = [line.strip() for line in (given[controls.where] or "").splitlines() if line.strip()]
    return {"format": format, "which": given[controls.which], "options": values(f"{format}."),
            "selection": {**values("selection."), "where": where}, "clips": values("clips.")}  # fmt: skip


def look(studio: Studio, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[Any, int]]:
    """First rows as text, what it will come to in a line, what is wrong, and how many pairs each choice of clips holds."""
    try:
        request = requested(asked)
        with studio.store.read() as session:
            found = exports.preview(session, request.selection, FIRST_ROWS)
            known = outlook.reckon(session, request, children=children())
            counts = {name: leaving.count(session, chosen(request, name)) for name in WHICH}
    except Usage as error:
        return {"problem": studio.words.below(str(error))}, {}
    rows = request.exporter.preview(found) if found else ""
    refused = studio.words.below(next(filter(None, map(request.exporter.refuses, found)), ""))
    free = shutil.disk_usage(studio.settings.data).free
    estimate = known.estimate
    plan = {"pairs": estimate.pairs, "videos": estimate.videos, "bytes": estimate.size_bytes, "seconds": estimate.seconds}
    return {"rows": rows, "refused": refused, "plan": {**plan, "free": free}}, counts


def requested(asked: Mapping[str, Any]) -> Request:
    """The request the form describes. Raises `Usage` naming what does not fit."""
    exporter: type[Exporter] = EXPORTERS[asked["format"]]
    request = Request(
        filled(exporter, asked["options"], name=exporter.name),
        "",
        filled(Selection, {**asked["selection"], "which": asked["which"]}, name="selection"),
        filled(Cutting, asked["clips"], name="clips"),
    )
    exports.must_make_sense(request)
    return request


def chosen(request: Request, which: str) -> Selection:
    """The same captions of other clips."""
    return replace(request, selection=request.selection.model_copy(update={"which": which})).selection


def children() -> int:
    return max(1, min(MOST_CHILDREN, os.cpu_count() or 1))


def choices(counts: Mapping[Any, int], told: Below) -> list[tuple[str, str]]:
    """The choices with their numbers of pairs, once these are known."""
    said = {which: told(words) for which, words in WHICH.items()}
    return [(f"{words} · {counts[which]:,}" if which in counts else words, which) for which, words in said.items()]


PAGE = Page("export.title", "/export", order=90, build=build)

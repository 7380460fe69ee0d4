"""Components that own their part of the page: markup once, then their own script, fed by `fetch` and props.

`components/NAME.html`, `NAME.js` and `NAME.css` lie side by side. Gradio would run `${…}` and `{{…}}` in the markup as code,
so the markup holds neither: data only ever enters through the script, as text. Its words stand in it by their keys, as
`[[review.accept]]`. All the styles go to the browser in one stylesheet, before anything is drawn.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from studio.words import Words

QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""For events that answer at once: no place in the queue, no spinner, no public endpoint."""

EDITING = "(...given) => { document.dispatchEvent(new Event('clapper:editing')); return given; }"
"""Beside an event: tells the components that what they show is about to change, so that nobody sends what is out of date."""

MOVED = "() => { for (const name of ['editing', 'moved']) document.dispatchEvent(new Event(`clapper:${name}`)); }"
"""Instead of an event of its own beside a form: `settings.js` then says `changed`, so that answers keep their order."""

COMPONENTS = Path(__file__).parent / "components"


WORD = re.compile(r"\[\[([\w.]+)\]\]")


def widget(name: str, words: Words, **props: Any) -> gr.HTML:
    """The component `name`; its script sees `element`, `props`, `trigger`, `watch`. Give `value=` for what may change."""
    return gr.HTML(
        html_template=with_words((COMPONENTS / f"{name}.html").read_text("utf-8"), words),
        js_on_load=(COMPONENTS / f"{name}.js").read_text("utf-8"),
        apply_default_css=False,
        elem_classes=["widget"],
        **{"elem_id": name.replace("_", "-"), **props},
    )


def with_words(markup: str, words: Words) -> str:
    """The markup with the sentences in the places of their keys."""
    return WORD.sub(lambda place: escape(words(place[1])), markup)

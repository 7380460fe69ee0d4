"""Finds the pages, orders them, routes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import gradio as gr

from studio import pages
from studio.page import Page, Studio, modules
from studio.words import FIRST, LANGUAGES, words


def find_pages() -> list[Page]:
    """The `PAGE` of every file in `studio/pages/`, in the order of the navigation."""
    return sorted((module.PAGE for module in modules(pages)), key=lambda page: (page.order, page.title))


def route_of(page: Page, language: str) -> str:
    """Where the page is in a language. Links name its path; `frame.py` leads from there to the language of the reader."""
    return page.path if language == FIRST else f"{page.path}-{language}"


def build_blocks(studio: Studio, found: Sequence[Page]) -> Any:
    """All pages in all languages as one `gr.Blocks`. Its first page stays empty: "/" is ours and leads to another."""
    demo = gr.Blocks(title="Clapper", analytics_enabled=False)
    for language, page in product(LANGUAGES, found):
        route = route_of(page, language)
        with demo.route(route, route, show_in_navbar=False):  # the navigation is ours, see `frame.py`
            page.build(replace(studio, words=words(language)))
    return demo

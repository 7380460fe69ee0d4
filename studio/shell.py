"""Finds the pages, orders them, routes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from studio import pages
from studio.page import Page, Studio, modules


def find_pages() -> list[Page]:
    """The `PAGE` of every file in `studio/pages/`, in the order of the navigation."""
    return sorted((module.PAGE for module in modules(pages)), key=lambda page: (page.order, page.title))


def build_blocks(studio: Studio, found: Sequence[Page]) -> Any:
    """All pages as one `gr.Blocks`. Its first page stays empty: "/" is ours and leads to one of the others."""
    demo = gr.Blocks(title="Clapper", analytics_enabled=False)
    for page in found:
        with demo.route(page.title, page.path, show_in_navbar=False):  # the navigation is ours, see `frame.py`
            page.build(studio)
    return demo

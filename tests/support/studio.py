"""The studio as tests use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from unittest.mock import patch

import gradio as gr
from fastapi import FastAPI

from db.session import Store
from settings import Settings
from studio import server
from studio.page import Page, Studio
from studio.shell import build_blocks

T = TypeVar("T")


def built(settings: Settings, store: Store) -> FastAPI:
    """The whole application.

    Gradio makes one at the end of every page, and drops it at the end of the next: five sixths of the time that building
    takes. Only the one that is mounted at the end is made here."""
    with patch("gradio.blocks.App"), patch("studio.server.build_blocks", _drawn):
        return in_loop(lambda: server.build(settings, store))


def _drawn(studio: Studio, pages: Sequence[Page]) -> Any:
    with patch.object(gr.Blocks, "get_config_file", dict):
        return build_blocks(studio, pages)


def in_loop(make: Callable[[], T]) -> T:
    """Call it inside a running event loop: outside of one Gradio opens several and closes none. A thread of its own, as
    Playwright has one that runs in this."""

    async def run() -> T:
        return make()

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(run())).result()

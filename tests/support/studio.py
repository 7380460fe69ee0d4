"""The studio as tests use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI

from db.session import Store
from settings import Settings
from studio.server import build

T = TypeVar("T")


def built(settings: Settings, store: Store) -> FastAPI:
    """The whole application."""
    return in_loop(lambda: build(settings, store))


def in_loop(make: Callable[[], T]) -> T:
    """Call it inside a running event loop: outside of one Gradio opens several and closes none."""

    async def run() -> T:
        return make()

    return asyncio.run(run())

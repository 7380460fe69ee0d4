"""The studio as tests use it."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from db.session import Store
from settings import Settings
from studio.server import build


def built(settings: Settings, store: Store) -> FastAPI:
    """The whole application, made inside a running loop: outside of one Gradio opens several and closes none."""

    async def make() -> FastAPI:
        return build(settings, store)

    return asyncio.run(make())

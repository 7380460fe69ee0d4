"""The web process: our gate, our routes, and Gradio mounted at "/"."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware

from db.session import Store
from pipelines.errors import ClapperError
from settings import Settings
from studio import api as routers
from studio.assets import read_assets
from studio.auth import Logins, person, refuse_public_without_accounts
from studio.frame import Frame
from studio.guard import Guard
from studio.languages import words_of
from studio.page import Page, Studio, modules
from studio.shell import build_blocks, find_pages
from studio.theme import calm
from studio.words import FIRST, words

GRADIO: dict[str, Any] = {
    "run_history": False,  # else inputs and outputs of events are written into the browser's storage
    "ssr_mode": False,
    "enable_monitoring": False,
    "footer_links": [],
    "show_error": False,
    "max_file_size": "1mb",
    "mcp_server": False,
    "pwa": False,
    "app_kwargs": {"docs_url": None, "redoc_url": None, "openapi_url": None},
}


def build(settings: Settings, store: Store) -> FastAPI:
    """The whole application, for a server or for a test."""
    pages = find_pages()
    app, studio = gated(settings, store, pages)
    return _mount(app, studio, pages)


def gated(settings: Settings, store: Store, pages: Sequence[Page] = ()) -> tuple[FastAPI, Studio]:
    """Our own routes behind the gate, without any page."""
    settings = refuse_public_without_accounts(settings, store)
    studio = Studio(settings, store, Logins(settings, store), read_assets(), words(FIRST))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(ClapperError, _say)
    app.add_exception_handler(HTTPException, _answer)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # its presence makes Gradio drop its own permissive CORS
    app.add_middleware(Frame, pages=pages, version=studio.assets.version, may_leave=not studio.logins.local)
    app.add_middleware(Guard, settings=settings, logins=studio.logins)  # added last: outermost
    for module in modules(routers):
        app.include_router(module.routes(studio))
    return app, studio


def serve(settings: Settings, store: Store) -> None:
    """Serve until somebody stops the process."""
    app = build(settings, store)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # addresses are taken from the connection, never from what a client claims
        server_header=False,
        timeout_graceful_shutdown=3,
    )


def _mount(app: FastAPI, studio: Studio, pages: Sequence[Page]) -> FastAPI:
    folder = studio.settings.data / "gradio"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)  # its default is a folder that all users of the machine share
    blocks: Any = build_blocks(studio, pages)
    blocks.max_threads = 16
    blocks.state_session_capacity = 200  # kept per page load; the default of 10 000 eats gigabytes
    blocks.queue(default_concurrency_limit=8, max_size=256, api_open=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SSR mode")  # said of every app with several pages, also when it is off
        mounted: FastAPI = gr.mount_gradio_app(app, blocks, "/", auth_dependency=_name, theme=calm(), **GRADIO)
    return mounted


def _name(request: Request) -> str:
    return person(request).name


async def _say(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": words_of(request).below(str(error))}, 400)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    """What a route refuses, with the status it chose."""
    assert isinstance(error, HTTPException)
    said = words_of(request).below(str(error.detail))
    return JSONResponse({"detail": said}, error.status_code, headers=error.headers)

"""A studio that serves on a free port, and a Chromium that looks at it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from db.session import Store
from settings import Settings
from tests.support.studio import built

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")


@contextmanager
def serving(settings: Settings, store: Store) -> Iterator[str]:
    """The address of a studio that serves until the end of the block."""
    app = built(settings, store)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. A missing one fails the test and says how to get it."""
    program = os.environ.get("CLAPPER_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "no Chromium found; install Debian's package chromium or set CLAPPER_TEST_BROWSER"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def quiet(context: BrowserContext) -> list[str]:
    """Errors that scripts of the pages throw, as they come."""
    errors: list[str] = []
    context.on("weberror", lambda found: errors.append(str(found.error)))
    return errors

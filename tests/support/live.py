"""A studio that serves on a free port, and a Chromium that looks at it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, WebError, sync_playwright

from db.session import Store
from settings import Settings
from tests.support.studio import built

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")
KEPT_BY_PAGES = "local_storage,indexeddb,cache_storage,service_workers"


@contextmanager
def serving(settings: Settings, store: Store) -> Iterator[str]:
    """The address of a studio that serves until the end of the block."""
    app = built(settings, store)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    with _listener() as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def _listener() -> socket.socket:
    """On one port, where it is free: a browser has then loaded already what all studios serve alike."""
    with suppress(OSError):
        return socket.create_server(("127.0.0.1", _port()))
    return socket.create_server(("127.0.0.1", 0))


@cache
def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


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


@contextmanager
def looking(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A context for one test; at the end no script may have thrown.

    Tests that ask for the same one share it, because loading a page anew takes a second; nothing else of a test is left.
    """
    context = _context(browser, json.dumps(options, sort_keys=True))
    errors: list[str] = []

    def note(found: WebError) -> None:
        errors.append(str(found.error))

    context.on("weberror", note)
    try:
        yield context
    finally:
        context.remove_listener("weberror", note)
        _wipe(context)
    assert errors == []


@cache
def _context(browser: Browser, options: str) -> BrowserContext:
    return browser.new_context(**json.loads(options))


def _wipe(context: BrowserContext) -> None:
    for page in context.pages:
        page.close()
    context.unroute_all()
    context.clear_cookies()
    context.clear_permissions()
    blank = context.new_page()
    wanted = {"origin": "*", "storageTypes": KEPT_BY_PAGES}
    context.new_cdp_session(blank).send("Storage.clearDataForOrigin", wanted)
    blank.close()

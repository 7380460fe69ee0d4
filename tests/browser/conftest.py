"""A served studio and a Chromium page in front of it; any error a script throws fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from db.session import Store
from settings import Settings
from tests.support import live
from tests.support.desk import Desk
from tests.support.library import Made, add_clip, make_files


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with live.chromium() as opened:
        yield opened


@pytest.fixture
def studio(settings: Settings, store: Store) -> Iterator[str]:
    """The address of a studio over an empty store."""
    with live.serving(settings, store) as address:
        yield address


@pytest.fixture
def page(browser: Browser, studio: str) -> Iterator[Page]:
    """Closed before the studio ends, which would wait for its streams."""
    with live.looking(browser, viewport={"width": 1280, "height": 900}, color_scheme="light") as context:
        yield context.new_page()


@pytest.fixture
def desk(browser: Browser, settings: Settings, store: Store) -> Iterator[Callable[..., Desk]]:
    """Makes a desk with clips of these captions. At the end no script may have thrown."""
    with live.serving(settings, store) as address, ExitStack() as stack:

        def make(*texts: str, width: int = 1280) -> Desk:
            with store.write() as session:
                made = [add_clip(session, Made(text)) for text in texts]
                for clip in made:
                    make_files(settings, clip)
            context = stack.enter_context(live.looking(browser, viewport={"width": width, "height": 800}))
            return Desk(context.new_page(), store, address)

        yield make

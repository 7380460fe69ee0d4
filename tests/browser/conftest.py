"""A served studio and a Chromium page in front of it; any error a script throws fails the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from db.session import Store
from settings import Settings
from tests.support import live


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
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    errors = live.quiet(context)
    yield context.new_page()
    context.close()
    assert errors == []

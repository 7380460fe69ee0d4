"""The whole application without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from db import users
from db.session import Store
from settings import Settings
from tests.support.studio import built

HOME = "http://127.0.0.1:7860"


@contextmanager
def open_client(settings: Settings, store: Store) -> Iterator[TestClient]:
    with TestClient(built(settings, store), base_url=HOME, follow_redirects=False) as opened:
        yield opened


@contextmanager
def open_locked(settings: Settings, store: Store) -> Iterator[TestClient]:
    with store.write() as session:
        users.add(session, "lin", "open sesame", "reviewer")
        users.add(session, "vi", "open sesame", "viewer")
    with open_client(replace(settings, auth=True), store) as opened:
        yield opened


@pytest.fixture
def client(settings: Settings, store: Store) -> Iterator[TestClient]:
    """A studio that serves its own machine, with one local user."""
    with open_client(settings, store) as opened:
        yield opened


@pytest.fixture
def locked(settings: Settings, store: Store) -> Iterator[TestClient]:
    """A studio with accounts: lin (reviewer) and vi (viewer), both with the password "open sesame"."""
    with open_locked(settings, store) as opened:
        yield opened

"""The studio without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from db import users
from db.session import Store
from settings import Settings
from studio.server import gated

HOME = "http://127.0.0.1:7860"


@contextmanager
def opened(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HOME, follow_redirects=False) as client:
        yield client


def add_people(store: Store) -> None:
    """lin (reviewer) and vi (viewer), both with the password "open sesame"."""
    with store.write() as session:
        users.add(session, "lin", "open sesame", "reviewer")
        users.add(session, "vi", "open sesame", "viewer")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost little: what makes them safe would take most of the time of a test that logs in."""
    monkeypatch.setattr(users, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def client(settings: Settings, store: Store) -> Iterator[TestClient]:
    """Our routes behind the gate, for one local user; without the pages, which take a while to build."""
    with opened(gated(settings, store)[0]) as client:
        yield client


@pytest.fixture
def locked(settings: Settings, store: Store) -> Iterator[TestClient]:
    """The same with accounts: those of `add_people`."""
    add_people(store)
    with opened(gated(replace(settings, auth=True), store)[0]) as client:
        yield client

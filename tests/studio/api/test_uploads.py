"""Uploads: whole or not there, of a kind that is read, never larger than allowed, never anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from db.session import Store
from settings import Settings
from studio.server import gated
from tests.studio.conftest import opened

BATCH = "/api/uploads/20260101-abc"


@pytest.fixture
def client(settings: Settings, store: Store) -> Iterator[TestClient]:
    with opened(gated(replace(settings, max_upload_mib=1), store)[0]) as client:
        yield client


def files(settings: Settings) -> list[str]:
    return sorted(str(path.relative_to(settings.uploads)) for path in settings.uploads.rglob("*") if path.is_file())


def test_what_was_sent_lies_there(client: TestClient, settings: Settings) -> None:
    reply = client.put(f"{BATCH}/a film ü.mp4", content=b"bytes")
    assert reply.status_code == 201
    assert Path(reply.json()["path"]).read_bytes() == b"bytes"
    assert reply.json()["folder"] == str(settings.uploads / "20260101-abc")
    assert files(settings) == ["20260101-abc/a film ü.mp4"]


@pytest.mark.parametrize(
    "name, status",
    [
        ("x.html", 415),
        ("x.svg", 415),
        ("x", 415),
        (".env", 400),
        (".mp4", 400),
        ("..%5Cx.mp4", 400),
        ("a%0Ab.mp4", 400),
        ("a%00.mp4", 400),
        ("ä" * 110 + ".mp4", 400),
        ("..%2F..%2Fx.mp4", 404),
        ("a/b.mp4", 404),
        ("..", 404),
    ],
)
def test_names_that_are_not_taken(client: TestClient, settings: Settings, name: str, status: int) -> None:
    assert client.put(f"{BATCH}/{name}", content=b"x").status_code in (status, 405 if status == 404 else status)
    assert files(settings) == []


@pytest.mark.parametrize("batch", ["..", "a", "A" * 12, "abc.defgh", "%2e%2e%2fabcdef"])
def test_batches_that_are_not_taken(client: TestClient, settings: Settings, batch: str) -> None:
    assert client.put(f"/api/uploads/{batch}/x.mp4", content=b"x").status_code in (404, 405, 422)
    assert files(settings) == []


def test_too_large_is_refused_before_it_is_read(client: TestClient, settings: Settings) -> None:
    reply = client.put(f"{BATCH}/x.mp4", content=b"x" * ((1 << 20) + 1))
    assert reply.status_code == 413 and "1 MiB" in reply.json()["detail"]
    assert files(settings) == []


def test_a_size_that_lies_leaves_nothing_behind(client: TestClient, settings: Settings) -> None:
    reply = client.put(f"{BATCH}/x.mp4", content=b"x" * (2 << 20), headers={"content-length": "5"})
    assert reply.status_code == 413
    assert files(settings) == []


def test_an_unknown_size_is_refused(client: TestClient) -> None:
    assert client.put(f"{BATCH}/x.mp4", content=iter([b"x"])).status_code == 411


def test_nothing_is_overwritten(client: TestClient) -> None:
    client.put(f"{BATCH}/x.mp4", content=b"first")
    assert client.put(f"{BATCH}/x.mp4", content=b"second").status_code == 409

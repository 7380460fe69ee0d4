"""The catalogue over the line: who answers, what is missing, fetching weights, and never a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from db import errands
from db.session import Store
from pipelines.catalogue import catalogue
from settings import Settings
from tests.support import hub as hubs
from tests.support.hub import Hub
from worker import Worker

NAME = "smolvlm2-500m"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hubs.serving(catalogue()[NAME].repo) as server:
        hubs.surround(monkeypatch, server, tmp_path / "models")
        yield server


def test_all_of_the_catalogue_with_what_is_missing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAPPER_SERVER", raising=False)
    monkeypatch.delenv("CLAPPER_SERVERS", raising=False)
    found = client.get("/api/models").json()
    assert [one["name"] for one in found["models"]] == list(catalogue())
    assert found["servers"] == {}
    first = found["models"][0]
    assert first["answers"] is None and first["frame_tokens"] > 0
    assert {way["backend"] for way in first["ways"]} == {"http", "sglang", "transformers", "cogvlm2_rest"}
    assert all(way["missing"] for way in first["ways"])
    assert found["may_fetch"] and found["free_bytes"] > 0


def test_a_server_answers_and_its_key_stays_here(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SERVERS", "fast=http://ana:secret@127.0.0.1:30000/v1")
    monkeypatch.setenv("CLAPPER_SERVER", "http://127.0.0.1:30001/v1")
    monkeypatch.setenv("CLAPPER_API_KEY", "very-secret")
    reply = client.get("/api/models")
    assert reply.json()["servers"] == {"": "http://127.0.0.1:30001/v1", "fast": "http://127.0.0.1:30000/v1"}
    assert "secret" not in reply.text
    assert reply.json()["models"][0]["answers"] == "http"


def test_which_can_be_fetched(client: TestClient, hub: Hub) -> None:
    rows = {one["name"]: one for one in client.get("/api/models").json()["models"]}
    assert [rows[name]["fetchable"] for name in (NAME, "gpt-4o", "cogvlm2-caption")] == [True, False, False]
    assert "CLAPPER_ALLOW_CODE" in rows["cogvlm2-caption"]["refusal"]


def test_asked_for_once_brought_by_a_worker_and_then_here(client: TestClient, hub: Hub, settings: Settings) -> None:
    first = client.post("/api/models/fetch", json={"name": NAME})
    assert first.status_code == 201
    assert client.post("/api/models/fetch", json={"name": NAME}).json() == first.json()
    assert client.get("/api/models/fetches").json()["fetches"][NAME]["state"] == "waiting"
    Worker(settings).run(until_idle=True)
    now = client.get("/api/models/fetches").json()["fetches"][NAME]
    assert now["state"] == "done" and now["done"] == now["total"] > 0
    row = next(one for one in client.get("/api/models").json()["models"] if one["name"] == NAME)
    assert row["here"] and not row["fetchable"]


def test_what_is_on_its_way_is_cancelled(client: TestClient, hub: Hub, store: Store) -> None:
    errand_id = client.post("/api/models/fetch", json={"name": NAME}).json()["id"]
    assert client.post("/api/models/cancel", json={"name": NAME}).status_code == 200
    with store.read() as session:
        assert errands.view(session, errand_id).state == "cancelled"
    assert client.post("/api/models/fetch", json={"name": NAME}).json()["id"] != errand_id


@pytest.mark.parametrize(("name", "why"), [("org/any", "no model 'org/any' in the catalogue"), ("gpt-4o", "not published")])
def test_what_cannot_be_fetched_is_refused(client: TestClient, hub: Hub, name: str, why: str) -> None:
    reply = client.post("/api/models/fetch", json={"name": name})
    assert reply.status_code in (400, 422) and why in reply.json()["detail"]

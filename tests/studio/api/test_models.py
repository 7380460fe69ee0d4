"""The catalogue over the line: who answers, what is missing, and never a key."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from pipelines.catalogue import catalogue


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


def test_a_server_answers_and_its_key_stays_here(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SERVERS", "fast=http://ana:secret@127.0.0.1:30000/v1")
    monkeypatch.setenv("CLAPPER_SERVER", "http://127.0.0.1:30001/v1")
    monkeypatch.setenv("CLAPPER_API_KEY", "very-secret")
    reply = client.get("/api/models")
    assert reply.json()["servers"] == {"": "http://127.0.0.1:30001/v1", "fast": "http://127.0.0.1:30000/v1"}
    assert "secret" not in reply.text
    assert reply.json()["models"][0]["answers"] == "http"

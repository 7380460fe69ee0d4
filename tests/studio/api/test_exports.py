"""Exports over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from settings import Settings

GOOD = {"format": "easyanimate", "which": "accepted", "name": "pairs 1"}


def test_an_export_is_queued_below_the_exports_of_the_studio(client: TestClient, settings: Settings) -> None:
    made = client.post("/api/exports", json={**GOOD, "options": {"crf": 20}})
    assert made.status_code == 201
    answer = client.get("/api/exports").json()
    (row,) = answer["exports"]
    assert (row["dest"], row["state"], row["options"]["crf"]) == (str(settings.exports / "pairs 1"), "waiting", 20)
    assert answer["workers"] == 0


def test_one_folder_one_export_at_a_time_and_cancel(client: TestClient) -> None:
    first = client.post("/api/exports", json=GOOD).json()["id"]
    assert "already on its way" in client.post("/api/exports", json=GOOD).json()["detail"]
    client.post(f"/api/exports/{first}/cancel")
    assert client.get("/api/exports").json()["exports"][0]["state"] == "cancelled"
    assert client.post("/api/exports", json=GOOD).status_code == 201


@pytest.mark.parametrize(
    "change, status, says",
    [
        ({"name": "../out"}, 400, "no plain folder name"),
        ({"name": "/etc"}, 400, "no plain folder name"),
        ({"name": ".."}, 400, "no plain folder name"),
        ({"name": "a/b"}, 400, "no plain folder name"),
        ({"name": ""}, 400, "no plain folder name"),
        ({"name": "x" * 90}, 400, "no plain folder name"),
        ({"format": "nothing"}, 400, "known: easyanimate"),
        ({"which": "best"}, 422, "accepted"),
        ({"options": {"crf": 99}}, 400, "easyanimate.crf"),
        ({"options": {"colour": 1}}, 400, "easyanimate.colour"),
    ],
)
def test_what_makes_no_export(client: TestClient, change: dict[str, Any], status: int, says: str) -> None:
    reply = client.post("/api/exports", json={**GOOD, **change})
    assert (reply.status_code, says in reply.text) == (status, True), reply.text
    assert client.get("/api/exports").json()["exports"] == []

"""Exports over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from db import exports, leaving
from db.models import Job
from db.session import Store
from pipelines.selection import Selection
from settings import Settings
from tests.support.library import Made, add_clip

GOOD = {"format": "easyanimate", "which": "accepted", "name": "pairs 1"}


def test_an_export_is_queued_below_the_exports_of_the_studio(client: TestClient, settings: Settings) -> None:
    asked = {"clips": {"crf": 20}, "selection": {"validation": 0.1}, "options": {"table": "csv"}}
    made = client.post("/api/exports", json={**GOOD, **asked})
    assert made.status_code == 201
    answer = client.get("/api/exports").json()
    (row,) = answer["exports"]
    assert (row["dest"], row["state"], row["clips"]["crf"]) == (str(settings.exports / "pairs 1"), "waiting", 20)
    assert (row["options"]["table"], row["selection"]["validation"], row["which"]) == ("csv", 0.1, "accepted")
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
        ({"format": "nothing"}, 400, "easyanimate"),
        ({"which": "best"}, 422, "accepted"),
        ({"clips": {"crf": 99}}, 400, "clips.crf"),
        ({"selection": {"caption": "best"}}, 400, "selection.caption: 'best' chooses no caption"),
        ({"selection": {"where": ["motion"]}}, 400, "is no condition"),
        ({"which": "everything"}, 400, "would train on rejected clips"),
        ({"against": 5}, 400, "there is no export 5"),
        ({"options": {"colour": 1}}, 400, "easyanimate.colour"),
    ],
)
def test_what_makes_no_export(client: TestClient, change: dict[str, Any], status: int, says: str) -> None:
    reply = client.post("/api/exports", json={**GOOD, **change})
    assert (reply.status_code, says in reply.text) == (status, True), reply.text
    assert client.get("/api/exports").json()["exports"] == []


def test_an_export_is_made_again_and_compared(client: TestClient, store: Store) -> None:
    with store.write() as session:
        add_clip(session, Made(review="accepted", text="A bird."))
    first = finished(client, store, client.post("/api/exports", json=GOOD).json()["id"])
    with store.write() as session:
        add_clip(session, Made(review="accepted", text="<img src=x>"))
    second = client.post(f"/api/exports/{first}/again").json()["id"]
    finished(client, store, second)
    row = client.get("/api/exports").json()["exports"][0]
    assert (row["id"], row["against"], row["comparable"], row["dest"].endswith("pairs 1")) == (second, first, True, True)
    found = client.get(f"/api/exports/{second}/changes", params={"since": first}).json()
    assert (found["added"], found["removed"], found["same"]) == (1, 0, 1)
    assert found["examples"][0]["after"] == "<img src=x>"
    assert "no export 9" in client.post("/api/exports/9/again").json()["detail"]
    assert "not complete" in client.get("/api/exports/9/changes", params={"since": 8}).json()["detail"]


def finished(client: TestClient, store: Store, export_id: int) -> int:
    """As a worker would leave it."""
    with store.write() as session:
        for page in leaving.plan(session, Selection()):
            exports.add_rows(session, export_id, page, start=0)
        exports.settle(session, export_id, total=1)
        exports.finish(session, export_id, written=1)
        session.execute(update(Job).where(Job.item == str(export_id)).values(state="done"))
    return export_id

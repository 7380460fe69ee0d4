"""Runs over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from db import queue, runs, users, workers
from db.models import Job
from db.session import Store
from pipelines.recipe import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "films"
    made.mkdir()
    return made


def begin(client: TestClient, folder: Path, **more: Any) -> int:
    reply = client.post("/api/runs", json={"inputs": [str(folder)], **more})
    assert reply.status_code == 201, reply.text
    return int(reply.json()["id"])


def state(client: TestClient) -> str:
    return str(client.get("/api/runs").json()["runs"][0]["state"])


def test_a_run_is_queued_as_asked(client: TestClient, folder: Path) -> None:
    begin(client, folder, sets=["scan.max_s=8"])
    answer = client.get("/api/runs").json()
    (run,) = answer["runs"]
    assert (run["recipe"], run["state"], run["inputs"]) == ("quickstart", "active", [str(folder)])
    counts = {"waiting": 1, "running": 0, "done": 0, "failed": 0, "cancelled": 0}
    assert run["stages"][0] == {"name": "find", **counts, "per_minute": 0.0}
    assert answer["workers"] == 0


def test_the_samples_need_no_path(client: TestClient) -> None:
    assert client.post("/api/runs", json={"samples": True}).status_code == 201
    assert client.get("/api/runs").json()["runs"][0]["inputs"][0].endswith("videos")


@pytest.mark.parametrize(
    "body, status, says",
    [
        ({"inputs": []}, 400, "nothing to run"),
        ({"inputs": ["/no/such/folder"]}, 400, "not there"),
        ({"samples": True, "recipe": "nothing"}, 400, "known: as-is"),
        ({"samples": True, "recipe": "../../recipe.yaml"}, 400, "known: as-is"),
        ({"samples": True, "sets": ["scan.max_s=1"]}, 400, "at least twice"),
        ({"samples": True, "sets": ["scan.colour=1"]}, 400, "scan.colour"),
        ({"samples": True, "force": True}, 422, "force"),
        ({"inputs": "/x"}, 422, "list"),
    ],
)
def test_what_makes_no_run(client: TestClient, body: dict[str, Any], status: int, says: str) -> None:
    reply = client.post("/api/runs", json=body)
    assert (reply.status_code, says in reply.text) == (status, True), reply.text
    assert client.get("/api/runs").json()["runs"] == []


def test_pause_resume_and_cancel(client: TestClient, folder: Path) -> None:
    run = begin(client, folder)
    for verb, then in (("pause", "paused"), ("resume", "active"), ("cancel", "cancelled")):
        assert client.post(f"/api/runs/{run}/{verb}").json()["state"] == then == state(client)
    assert client.post("/api/runs/999/pause").status_code == 400
    assert client.post(f"/api/runs/{run}/explode").status_code == 422


def test_failures_say_why_and_can_be_tried_again(client: TestClient, folder: Path, store: Store) -> None:
    run, why = begin(client, folder), "the file is empty; copy it again"
    with store.write() as session:
        session.execute(update(Job).values(state="failed", error_kind="empty_file", error=why))
    (failure,) = client.get(f"/api/runs/{run}/failures").json()
    assert (failure["stage"], failure["kind"], failure["reason"]) == ("find", "empty_file", why)
    again = client.post(f"/api/runs/{run}/retry").json()
    assert again["counts"]["failed"] == 0 and again["stages"][0]["waiting"] == 1


def test_living_workers_are_counted(client: TestClient, store: Store) -> None:
    with store.write() as session:
        workers.enlist(session, "w1")
        queue.beat(session, "w1", [], model_busy=0.5)
    found = client.get("/api/runs").json()
    assert found["workers"] == 1
    assert [(one["model"], one["gpus"]) for one in found["loads"]] == [(0.5, [])]


def test_where_in_the_program_it_went_wrong_is_for_whoever_runs_it(locked: TestClient, store: Store) -> None:
    with store.write() as session:
        users.add(session, "ad", "open sesame", "admin")
        runs.create(session, load("quickstart"), inputs=["/films"], by="lin")
        (lease,) = queue.claim(session, "w1")
        queue.fail(session, lease, kind="unexpected", reason="KeyError: 3", trace="Traceback: line 3")
    told = {}
    for name in ("ad", "lin"):
        locked.post("/login", data={"name": name, "password": "open sesame"})
        (step,) = locked.get(f"/api/runs/items/{lease.job_id}/story").json()
        assert (step["how"], step["reason"]) == ("failed", "KeyError: 3")
        told[name] = step["trace"]
    assert told == {"ad": "Traceback: line 3", "lin": ""}

"""Weights fetched by a worker: told of on the way, stopped when nobody waits, gone on with after a kill."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from db import errands
from db.errands import ErrandView
from db.session import Store
from pipelines import catalogue, weights
from settings import Settings
from tests.support import checkpoint
from tests.support import hub as hubs
from tests.support.hub import STEP_BYTES, Hub
from worker import Worker

ROOT = Path(__file__).parent.parent.parent
NAME = "smolvlm2-500m"
FILE = "model.safetensors"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hubs.serving(catalogue.find(NAME).repo) as server:
        server.files[FILE] = checkpoint.tensors(40 * STEP_BYTES)
        hubs.surround(monkeypatch, server, tmp_path / "models")
        monkeypatch.setattr("work.weights.TELL_S", 0.0)
        yield server


def ask(store: Store) -> int:
    with store.write() as session:
        return errands.create(session, "weights", {"name": NAME}, label=NAME)


def view(store: Store, errand_id: int) -> ErrandView:
    with store.read() as session:
        return errands.view(session, errand_id)


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def starts(hub: Hub) -> list[int]:
    return [start for _, name, start in hub.taken if name == FILE]


def test_a_worker_brings_a_model(settings: Settings, store: Store, hub: Hub) -> None:
    errand_id = ask(store)
    Worker(settings).run(until_idle=True)
    ended = view(store, errand_id)
    assert (ended.state, ended.answer) == ("done", {"place": str(weights.find(catalogue.find(NAME)))})
    assert ended.done == ended.total > 40 * STEP_BYTES
    with store.read() as session:
        assert [one.id for one in errands.recent(session, "weights")] == [errand_id]


def test_without_a_hub_the_reason_is_kept(
    settings: Settings, store: Store, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    errand_id = ask(store)
    Worker(settings).run(until_idle=True)
    ended = view(store, errand_id)
    assert ended.state == "failed" and "the hub cannot be reached" in (ended.error or "")


def test_cancelled_it_stops_and_the_next_goes_on(settings: Settings, store: Store, hub: Hub) -> None:
    hub.holds_at = 20 * STEP_BYTES
    errand_id = ask(store)
    worker = Worker(settings)
    working = Thread(target=worker.run, kwargs={"until_idle": True})
    working.start()
    until(lambda: view(store, errand_id).done > STEP_BYTES)
    with store.write() as session:
        errands.cancel(session, errand_id)
    until(lambda: all(map(worker.watch.gone, worker.watch._leases)))
    hub.goes_on.set()
    working.join(20)
    assert not working.is_alive() and view(store, errand_id).state == "cancelled"
    assert weights.find(catalogue.find(NAME)) is None
    again = ask(store)
    Worker(settings).run(until_idle=True)
    assert view(store, again).state == "done"
    assert starts(hub)[0] == 0 < starts(hub)[1]


def test_killed_it_is_gone_on_with_by_another(settings: Settings, store: Store, hub: Hub) -> None:
    hub.holds_at = 20 * STEP_BYTES
    errand_id = ask(store)
    command = [sys.executable, str(ROOT / "app.py"), "worker", "--data", str(settings.data)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        half = catalogue.folder() / ".fetching"
        until(lambda: any(part.stat().st_size > STEP_BYTES for part in half.rglob(f"{FILE}.part")))
        process.kill()
    hub.goes_on.set()
    Worker(settings).run(until_idle=True)
    assert view(store, errand_id).state == "done"
    assert starts(hub)[0] == 0 < STEP_BYTES < starts(hub)[1]
    assert (catalogue.folder() / catalogue.find(NAME).repo / FILE).read_bytes() == hub.files[FILE]

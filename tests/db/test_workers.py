"""Workers make themselves known, and say how busy they are."""

from __future__ import annotations

from sqlalchemy import update

from db import queue, workers
from db.models import Worker
from db.session import Store


def test_workers_come_and_go(store: Store) -> None:
    with store.write() as session:
        workers.enlist(session, "w1")
    with store.read() as session:
        assert workers.alive(session) == 1
    with store.write() as session:
        workers.dismiss(session, "w1")
    with store.read() as session:
        assert workers.alive(session) == 0


def test_a_machine_is_as_busy_as_its_workers_say(store: Store) -> None:
    with store.write() as session:
        for worker in ("w1", "w2", "w3"):
            workers.enlist(session, worker)
        assert workers.loads(session) == []
        queue.beat(session, "w1", [], model_busy=0.9, gpus=[0.5])
        queue.beat(session, "w2", [], gpus=[0.97, 0.1])
        (load,) = workers.loads(session)
    assert (load.host, load.model, load.gpus) == (workers.here().split(" ")[0], 0.9, (0.97, 0.1))
    with store.write() as session:
        session.execute(update(Worker).values(seen_at=0.0))
        assert workers.loads(session) == []

"""Jobs are claimed once, kept alive, taken back, and finished only by whoever holds the token."""

from __future__ import annotations

import os
import threading
import time

import pytest
from sqlalchemy import select, update

from db import queue, runs, workers
from db.models import Job, Run, Worker
from db.queue import Item, Lease, LeaseLost
from db.session import Store
from pipelines.recipe import load


@pytest.fixture
def run(store: Store) -> Run:
    """A run with three clips waiting for `text` and one file waiting for `probe`; its `find` is done."""
    with store.write() as session:
        run = runs.create(session, load("quickstart"), inputs=["/films"], by="lin")
        session.execute(update(Job).values(state="done"))
        queue.add(session, run, "text", [Item(str(n), f"clip {n}") for n in (1, 2, 3)], priority=3)
        queue.add(session, run, "probe", [Item("/films/a.mp4", "a.mp4")], priority=1)
    return run


def claim(store: Store, worker: str = "w1", most: int = 1) -> list[Lease]:
    with store.write() as session:
        return queue.claim(session, worker, most=lambda stage: most)


def job(store: Store, job_id: int) -> Job:
    with store.read() as session:
        return session.get_one(Job, job_id)


def test_the_most_urgent_stage_comes_first_and_in_one_batch(store: Store, run: Run) -> None:
    assert [(lease.stage, lease.item) for lease in claim(store, most=2)] == [("text", "1"), ("text", "2")]
    assert [(lease.stage, lease.item) for lease in claim(store, most=9)] == [("text", "3")]
    assert [lease.stage for lease in claim(store, most=9)] == ["probe"]
    assert claim(store) == []


def test_the_same_item_is_queued_once_in_a_run(store: Store, run: Run) -> None:
    with store.write() as session:
        queue.add(session, session.get_one(Run, run.id), "text", [Item("1", "again")])
    with store.read() as session:
        assert session.scalars(select(Job.label).where(Job.stage == "text", Job.item == "1")).all() == ["clip 1"]


def test_workers_in_many_threads_never_share_a_job(store: Store, run: Run) -> None:
    with store.write() as session:
        queue.add(session, session.get_one(Run, run.id), "measured", [Item(str(n), "") for n in range(60)], priority=9)
    taken: list[int] = []

    def work(name: str) -> None:
        while leases := claim(store, name, most=3):
            taken.extend(lease.job_id for lease in leases)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(taken) == len(set(taken)) == 64


def test_a_finished_job_is_done(store: Store, run: Run) -> None:
    (lease,) = claim(store)
    with store.write() as session:
        queue.finish(session, lease)
    assert job(store, lease.job_id).state == "done"


def test_a_failed_job_keeps_its_reason(store: Store, run: Run) -> None:
    (lease,) = claim(store)
    with store.write() as session:
        queue.fail(session, lease, kind="corrupt", reason="it is damaged")
    ended = job(store, lease.job_id)
    assert (ended.state, ended.error_kind, ended.error) == ("failed", "corrupt", "it is damaged")


def test_a_worker_that_lost_its_lease_can_store_nothing(store: Store, run: Run) -> None:
    (old,) = claim(store, "frozen")
    with store.write() as session:
        session.execute(update(Job).where(Job.id == old.job_id).values(lease_until=time.time() - 1))
        assert queue.reap(session).taken_back == 1
    (new,) = [lease for lease in claim(store, "w2", most=3) if lease.job_id == old.job_id]
    assert new.token > old.token
    with store.read() as session:
        assert queue.lost(session, [old, new]) == {old.job_id}
    for end in (queue.finish, queue.check):
        with pytest.raises(LeaseLost), store.write() as session:
            session.add(Worker(id="stored by the frozen one", pid=1, host="", started_at=0.0, seen_at=0.0))
            end(session, old)
    with store.read() as session:
        assert session.scalars(select(Worker)).all() == [], "what it stored with the refused end is rolled back"
    with store.write() as session:
        queue.finish(session, new)


def test_a_beat_keeps_the_lease(store: Store, run: Run) -> None:
    (lease,) = claim(store)
    with store.write() as session:
        session.execute(update(Job).where(Job.id == lease.job_id).values(lease_until=time.time() + 0.05))
        queue.beat(session, "w1", [lease])
    time.sleep(0.06)
    with store.write() as session:
        assert queue.reap(session).taken_back == 0


def test_jobs_of_a_dead_process_on_this_machine_are_taken_back_at_once(store: Store, run: Run) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    with store.write() as session:
        session.add(Worker(id="dead", pid=child, host=workers.here(), started_at=time.time(), seen_at=time.time()))
        session.add(Worker(id="elsewhere", pid=child, host="another machine", started_at=0.0, seen_at=time.time()))
    claim(store, "dead")
    claim(store, "elsewhere")
    with store.write() as session:
        assert queue.reap(session).taken_back == 1
    with store.read() as session:
        assert session.scalars(select(Worker.id)).all() == ["elsewhere"]


def test_an_item_that_keeps_killing_workers_fails_with_a_reason(store: Store, run: Run) -> None:
    job_id = claim(store)[0].job_id
    for _ in range(queue.MOST_LOSSES):
        with store.write() as session:
            session.execute(update(Job).where(Job.id == job_id).values(state="leased", lease_until=0.0))
            reaped = queue.reap(session)
    assert [lease.job_id for lease in reaped.given_up] == [job_id]
    ended = job(store, job_id)
    assert (ended.state, ended.error_kind) == ("failed", "worker_lost")
    assert "3 times" in (ended.error or "")


def test_a_job_given_back_burns_no_attempt_and_may_wait(store: Store, run: Run) -> None:
    (lease,) = claim(store)
    with store.write() as session:
        queue.postpone(session, lease, seconds=60, reason="the disk is full; make room")
    waiting = job(store, lease.job_id)
    assert (waiting.state, waiting.attempt, waiting.error) == ("ready", 0, "the disk is full; make room")
    assert lease.job_id not in {one.job_id for one in claim(store, most=9)}

"""What happened to an item is told in order, with who did it, how long it took, and what went wrong on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db import queue, runs, story
from db.models import Clip, Job, Try
from db.queue import Item, Lease
from db.session import Store
from db.story import Step
from pipelines.errors import Usage
from pipelines.recipe import load
from settings import Settings
from tests.support.footage import make_video, run_here


@pytest.fixture
def lease(store: Store) -> Lease:
    """Of a job that one worker has."""
    with store.write() as session:
        run = runs.create(session, load("quickstart"), inputs=["/films"], by="lin")
        queue.add(session, run, "probe", [Item("/films/a.mp4", "a.mp4")], priority=1)
    return claim(store, "w1")


def claim(store: Store, worker: str) -> Lease:
    with store.write() as session:
        (lease,) = queue.claim(session, worker)
        return lease


def told(store: Store, job_id: int) -> list[Step]:
    with store.read() as session:
        return story.story(session, job_id)


def test_every_try_is_kept_with_its_reason(store: Store, lease: Lease) -> None:
    for _ in range(2):
        with store.write() as session:
            queue.try_later(session, lease, seconds=0, reason="the server is away")
        lease = claim(store, "w1")
    with store.write() as session:
        queue.fail(session, lease, kind="unexpected", reason="KeyError: 3", trace="Traceback: line 3")
        runs.retry(session, lease.run_id or 0)
    lease = claim(store, "w2")
    with store.write() as session:
        queue.finish(session, lease)
    steps = told(store, lease.job_id)
    assert [(one.how, one.times, one.worker) for one in steps] == [
        ("put off", 2, "w1"), ("failed", 1, "w1"), ("done", 1, "w2"),
    ]  # fmt: skip
    assert (steps[1].reason, steps[1].trace) == ("KeyError: 3", "Traceback: line 3")
    assert all(one.seconds is not None and one.seconds >= 0 for one in steps[1:])


def test_a_failure_is_told_once(store: Store, lease: Lease) -> None:
    with store.write() as session:
        queue.fail(session, lease, kind="no_video", reason="there is no picture in it")
    assert [(one.how, one.reason) for one in told(store, lease.job_id)] == [("failed", "there is no picture in it")]


def test_a_worker_that_died_is_named(store: Store, lease: Lease) -> None:
    with store.write() as session:
        session.get_one(Job, lease.job_id).lease_until = 0.0
        queue.reap(session)
    assert [(one.how, one.worker) for one in told(store, lease.job_id)] == [("worker lost", "w1"), ("ready", "w1")]


def test_giving_back_is_no_try(store: Store, lease: Lease) -> None:
    with store.write() as session:
        queue.release(session, [lease])
        assert session.scalars(select(Try)).all() == []


def test_a_clip_is_told_of_from_its_file_to_its_caption(settings: Settings, store: Store) -> None:
    run_here(settings, [make_video(settings.data.parent / "a.mp4", seed=1)], ["scan.min_s=1", "rules.motion.low=0.9"])
    with store.read() as session:
        clip = session.scalars(select(Clip)).one()
        job_id = session.scalars(select(Job.id).where(Job.stage == "text", Job.item == str(clip.id))).one()
        scan_id = session.scalars(select(Job.id).where(Job.stage == "scan")).one()
    steps = told(store, job_id)
    whats = [one.what for one in steps]
    assert whats[0] == "probe" and sorted(whats) == ["probe", "scan", "text", "verdict"]
    assert whats.index("verdict") > whats.index("text")
    verdict = next(one for one in steps if one.what == "verdict")
    assert verdict.how == "dropped" and "motion" in verdict.reason
    assert all(one.worker and one.seconds is not None for one in steps if one.how == "done")
    assert [one.what for one in told(store, scan_id)] == ["probe", "scan"]


def test_what_does_not_exist_is_said(store: Store) -> None:
    with pytest.raises(Usage, match="there is no item 99"):
        told(store, 99)

"""Runs can be paused, resumed, cancelled and retried, and say why they ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db import failures, progress, queue, runs
from db.models import Job
from db.queue import Item
from db.runs import Input
from db.session import Store
from pipelines.errors import Usage
from pipelines.recipe import load
from tests.support.library import queue_run


def states(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Job.state).order_by(Job.id)))


def test_each_input_becomes_one_job(store: Store) -> None:
    run_id = queue_run(store, "/films", Input("/list.csv", root="/films", column="file"))
    with store.read() as session:
        run = runs.get(session, run_id)
        assert runs.input_of(run, "1") == Input("/list.csv", "/films", "file")
        assert session.scalars(select(Job.label).order_by(Job.id)).all() == ["/films", "/list.csv"]


def test_a_name_that_is_no_text_survives(store: Store) -> None:
    run_id = queue_run(store, "/films/\udcff.mp4")
    with store.read() as session:
        assert runs.input_of(runs.get(session, run_id), "0").path == "/films/\udcff.mp4"
        assert progress.of(session, runs.get(session, run_id)).inputs == ("/films/\ufffd.mp4",)


def test_nothing_to_run_is_refused(store: Store) -> None:
    with pytest.raises(Usage, match="nothing to run"), store.write() as session:
        runs.create(session, load("quickstart"), inputs=[], by="lin")


def test_the_recipe_is_kept_as_it_was_configured(store: Store) -> None:
    with store.write() as session:
        run = runs.create(session, load("quickstart", ["scan.max_s=8"]), inputs=["/films"], by="lin")
    assert run.config["scan"]["max_s"] == 8
    assert {"score": "frozen", "low": None, "high": 0.95} in run.rules


def test_paused_means_nothing_is_claimed_until_resumed(store: Store) -> None:
    run_id = queue_run(store)
    with store.write() as session:
        runs.pause(session, run_id)
        assert queue.claim(session, "w") == []
        queue.add(session, runs.get(session, run_id), "probe", [Item("x", "x")])
        assert queue.claim(session, "w") == [], "items found meanwhile wait, too"
        runs.resume(session, run_id)
        assert len(queue.claim(session, "w")) == 1


def test_cancelled_is_for_good_and_its_workers_notice(store: Store) -> None:
    run_id = queue_run(store, "/a", "/b")
    with store.write() as session:
        (lease,) = queue.claim(session, "w")
        runs.cancel(session, run_id)
        assert queue.lost(session, [lease]) == {lease.job_id}
        with pytest.raises(queue.LeaseLost):
            queue.finish(session, lease)
        runs.resume(session, run_id)
    assert states(store) == ["cancelled", "cancelled"]


def test_a_run_ends_with_its_last_job(store: Store) -> None:
    run_id = queue_run(store, "/a", "/b")
    with store.write() as session:
        for end in (queue.finish, lambda s, one: queue.fail(s, one, kind="k", reason="broken")):
            assert runs.get(session, run_id).state == "active"
            end(session, queue.claim(session, "w")[0])
            runs.close_if_done(session, runs.get(session, run_id))
        now = progress.of(session, runs.get(session, run_id))
    assert (now.state, now.counts.failed) == ("done", 1)
    assert now.ended_at is not None


def test_failed_items_can_be_retried_and_say_why_they_failed(store: Store) -> None:
    run_id = queue_run(store, "/a")
    with store.write() as session:
        queue.fail(session, queue.claim(session, "w")[0], kind="corrupt", reason="it is damaged")
        runs.close_if_done(session, runs.get(session, run_id))
        (failure,) = failures.listed(session, run_id)
        assert (failure.label, failure.kind, failure.reason) == ("/a", "corrupt", "it is damaged")
        assert runs.retry(session, run_id) == 1
        assert runs.get(session, run_id).state == "active"
        assert len(queue.claim(session, "w")) == 1


def test_an_unknown_run_is_wrong_use(store: Store) -> None:
    with pytest.raises(Usage, match="no run 9"), store.read() as session:
        runs.get(session, 9)


def test_an_urgent_run_goes_first_and_keeps_the_order_of_its_stages(store: Store) -> None:
    first, second = queue_run(store, "/a"), queue_run(store, "/b")
    with store.write() as session:
        runs.set_priority(session, second, 1)
        queue.add(session, runs.get(session, second), "probe", [Item("x", "x")], priority=1)
        assert [lease.label for _ in range(3) for lease in queue.claim(session, "w")] == ["x", "/b", "/a"]
        runs.set_priority(session, first, -1)
        assert progress.of(session, runs.get(session, first)).priority == -1
        with pytest.raises(Usage, match="no priority"):
            runs.set_priority(session, first, 5)

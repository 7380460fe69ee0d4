"""How far a run is, what came out of it and how fast."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from db import progress, queue, runs
from db.models import Job, Run
from db.queue import Item
from db.session import Store
from tests.support.library import add_clip, queue_run


def test_counts_of_an_ended_run_stay_when_a_later_run_takes_its_clips(store: Store) -> None:
    run_id = queue_run(store)
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.state, run.summary = "done", {"videos": 1, "clips": 7, "kept": 5, "dropped": 2, "unscored": 0, "failed": 0}
        session.execute(update(Job).values(state="done"))
        assert progress.of(session, runs.get(session, run_id)).counts.clips == 7


def test_progress_lists_the_stages_in_their_order(store: Store) -> None:
    run_id = queue_run(store)
    with store.read() as session:
        now = progress.of(session, runs.get(session, run_id))
    assert [stage.name for stage in now.stages] == ["find", "probe", "scan", "text", "measured", "proxy"]
    assert (now.stages[0].waiting, now.stages[0].total) == (1, 1)


def test_the_pace_of_a_stage_counts_what_was_worked_on(store: Store) -> None:
    run_id = queue_run(store, "/a", "/b")
    with store.write() as session:
        queue.add(session, runs.get(session, run_id), "probe", [Item("x", "x")], done=True)
        queue.finish(session, queue.claim(session, "w")[0])
        stages = {stage.name: stage.per_minute for stage in progress.of(session, runs.get(session, run_id)).stages}
    assert (stages["find"], stages["probe"]) == (0.5, 0.0)


def test_a_run_on_clips_shows_its_own_stages_and_words(store: Store) -> None:
    run_id = queue_run(store)
    with store.write() as session:
        run = runs.get(session, run_id)
        run.kind, run.inputs, run.note = "clips", ["verdict=kept"], "shorter prompt"
        session.execute(update(Job).values(stage="measured"))
        now = progress.of(session, runs.get(session, run_id))
    assert ([stage.name for stage in now.stages], now.inputs, now.note) == (
        ["measured"],
        ("verdict=kept",),
        "shorter prompt",
    )


def test_the_speed_of_a_recipe_is_film_by_time(store: Store) -> None:
    run_id = queue_run(store)
    with store.write() as session:
        assert progress.speed(session, "quickstart") is None
        add_clip(session)
        queue.add(session, runs.get(session, run_id), "scan", [Item("1", "ball")])
        session.execute(update(Job).values(state="done", attempt=1))
        run = runs.get(session, run_id)
        run.state, run.ended_at = "done", run.created_at + 30
        assert progress.speed(session, "quickstart") == pytest.approx(2.0)

"""Where somebody new stands, read from what is there; and that a studio in use is left alone."""

from __future__ import annotations

import time

from sqlalchemy import update

from db import exports, first_steps, runs
from db.exports import Request
from db.models import Run
from db.session import Store
from pipelines import recipe as recipes
from pipelines.exporters.easyanimate import EasyAnimate
from tests.support.library import Made, add_clip


def step(store: Store, *, later_s: float = 0.0) -> str | None:
    with store.read() as session:
        found = first_steps.look(session, now=time.time() + later_s)
        return found and found.step


def add(store: Store, *reviews: str) -> None:
    with store.write() as session:
        for review in reviews:
            add_clip(session, Made(review=review))


def queue_run(store: Store) -> int:
    with store.write() as session:
        return runs.create(session, recipes.load("quickstart"), inputs=["/films"], by="lin").id


def test_one_step_follows_the_other(store: Store) -> None:
    assert step(store) == "start"
    queue_run(store)
    assert step(store) == "queue"
    add(store, "waiting", "waiting")
    assert step(store) == "queue"
    add(store, "waiting")
    assert step(store) == "review"
    add(store, "rejected", "skipped", "rejected")
    assert step(store) == "review"
    add(store, "accepted")
    assert step(store) == "export"
    with store.write() as session:
        row = exports.create(session, Request(EasyAnimate(), "/sets/one"))
        assert first_steps.look(session).step == "export"  # type: ignore[union-attr]
        exports.finish(session, row.id, written=1)
    assert step(store) == "done"


def test_a_run_that_ended_with_few_clips_asks_for_no_more(store: Store) -> None:
    run = queue_run(store)
    add(store, "waiting")
    assert step(store) == "queue"
    with store.write() as session:
        session.execute(update(Run).where(Run.id == run).values(state="done", ended_at=time.time()))
    assert step(store) == "review"
    add(store, "accepted")
    with store.read() as session:
        found = first_steps.look(session)
    assert found and (found.step, found.wanted, found.decided) == ("review", 2, 1)


def test_nobody_is_led_around_a_studio_in_use(store: Store) -> None:
    queue_run(store)
    assert step(store, later_s=first_steps.FRESH_S + 60) is None
    add(store, *["accepted"] * first_steps.MOST_DECIDED)
    assert step(store) == "export"
    add(store, "rejected")
    assert step(store) is None


def test_a_second_run_ends_it(store: Store) -> None:
    queue_run(store)
    assert step(store) == "queue"
    queue_run(store)
    assert step(store) is None


def test_a_library_that_came_whole_needs_no_guide(store: Store) -> None:
    add(store, "waiting")
    assert step(store) is None

"""The log says who asked for what, wherever it was asked."""

from __future__ import annotations

from db import exports, log, runs, saved
from db.exports import Request
from db.session import Store
from pipelines.kinds import EXPORTERS
from pipelines.recipe import load
from tests.support.library import add_clip, queue_run


def kinds(store: Store) -> list[tuple[str, str]]:
    """(who, what), oldest first."""
    with store.read() as session:
        return [(one.actor, one.kind) for one in reversed(log.entries(session))]


def test_runs_are_noted_with_their_recipe(store: Store) -> None:
    run_id = queue_run(store)
    with store.write() as session:
        clip = add_clip(session)
        runs.create_on_clips(session, load("quickstart"), [clip.id], by="ann")
    assert kinds(store) == [("lin", "run started"), ("ann", "run on clips started")]
    with store.read() as session:
        again, first = log.entries(session)
        assert first.detail == {"run": run_id, "recipe": "quickstart"}
        assert again.detail["clips"] == 1


def test_exports_and_their_end_by_a_person_are_noted(store: Store) -> None:
    with store.write() as session:
        export_id = exports.create(session, Request(EXPORTERS["jsonl"](), "/sets/one"), by="lin").id
    with store.write() as session:
        exports.cancel(session, export_id, by="ann")
        exports.cancel(session, export_id, by="bob")
    assert kinds(store) == [("lin", "export started"), ("ann", "export cancelled")]


def test_views_are_noted(store: Store) -> None:
    with store.write() as session:
        view = saved.save(session, "slow ones", by="lin", where=["motion<0.1"], sort="newest", shared=True)
        saved.forget(session, view.id, by="lin")
    assert kinds(store) == [("lin", "view saved"), ("lin", "view forgotten")]


def test_one_person_and_one_kind_can_be_asked_for(store: Store) -> None:
    with store.write() as session:
        for who, kind in (("lin", "a"), ("ann", "a"), ("lin", "b")):
            log.note(session, kind, by=who, number=1)
    with store.read() as session:
        assert [one.kind for one in log.entries(session, actor="lin")] == ["b", "a"]
        first, second = log.entries(session, kind="a")
        assert (first.actor, second.actor) == ("ann", "lin")
        assert log.entries(session, before=first.id, limit=1) == [second]

"""How a request to write a set fares, and which rows it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import exports, leaving
from db.exports import Request
from db.models import Clip, ExportRow, Job, Prompt
from db.session import Store
from pipelines.errors import Usage
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.exporters.jsonl import JsonLines
from pipelines.kinds import Cutting
from pipelines.selection import Selection
from tests.support.library import Made, add_clip, add_run

KEPT = Selection(which="kept")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def ask(session: Session, dest: str = "/sets/one", **more: object) -> int:
    request = Request(EasyAnimate(), dest, **{"selection": KEPT, "clips": Cutting(crf=20), **more})  # type: ignore[arg-type]
    return exports.create(session, request, by="ann").id


def job_of(session: Session, export_id: int) -> Job:
    return session.scalars(select(Job).where(Job.stage == "export", Job.item == str(export_id))).one()


def write_plan(session: Session, export_id: int, selection: Selection = KEPT) -> int:
    number = 0
    for page in leaving.plan(session, selection):
        number = exports.add_rows(session, export_id, page, start=number)
    exports.settle(session, export_id, total=number)
    return number


def test_what_was_asked_for_comes_back_whole(session: Session) -> None:
    first = ask(session, "/sets/zero")
    asked = Request(
        EasyAnimate(table="csv"), "/sets/one", Selection(which="lot", where=("motion>0.1",), validation=0.2),
        Cutting(codec="hevc", fps=8), first,
    )  # fmt: skip
    assert exports.request_of(exports.create(session, asked)) == asked
    assert exports.repeated(session, first) == Request(EasyAnimate(), "/sets/zero", KEPT, Cutting(crf=20), first)


def test_an_export_of_an_older_clapper_can_be_asked_for_again(session: Session) -> None:
    row = exports.get(session, ask(session))
    row.selection, row.clips, row.which = {}, {}, "kept"
    assert exports.request_of(row) == Request(EasyAnimate(), "/sets/one", KEPT)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"against": 7}, "there is no export 7"),
        ({"selection": Selection(which="everything")}, "would train on rejected clips.*jsonl"),
        ({"selection": Selection(where=("motion",))}, "is no condition"),
    ],
)
def test_what_makes_no_sense_is_refused(more: dict[str, object], says: str, session: Session) -> None:
    with pytest.raises(Usage, match=says):
        ask(session, **more)
    with pytest.raises(Usage, match="no export 9"):
        exports.repeated(session, 9)


def test_a_format_that_keeps_takes_everything(session: Session) -> None:
    for made in (Made(review="rejected"), Made(text=None, verdict="dropped"), Made()):
        add_clip(session, made)
    asked = Request(JsonLines(), "/sets/all", Selection(which="everything"))
    export_id = exports.create(session, asked).id
    assert write_plan(session, export_id, asked.selection) == 3


def test_rows_become_samples_a_page_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    wanted = Selection(which="kept", validation=0.5)
    with store.write() as session:
        for number in range(7):
            add_clip(session, Made(text=f"caption {number}", video=f"films/{number}.mp4"))
        export_id = exports.create(session, Request(EasyAnimate(), "/sets/one", wanted)).id
        assert write_plan(session, export_id, wanted) == 7
    sides = {part: [one.text for one in exports.stream(store.read, export_id, part)] for part in wanted.parts()}
    assert sorted(text for side in sides.values() for text in side) == [f"caption {number}" for number in range(7)]
    assert all(sides.values())
    assert all(one.split == "train" for one in exports.stream(store.read, export_id, "train"))


def test_what_is_decided_later_is_for_the_next_export(store: Store) -> None:
    with store.write() as session:
        clip_id = add_clip(session, Made(text="A bird.")).id
        export_id = ask(session)
        write_plan(session, export_id)
    with store.write() as session:
        clip = session.get_one(Clip, clip_id)
        clip.review, clip.caption_id = "rejected", None
    (sample,) = exports.stream(store.read, export_id, "")
    assert (sample.text, sample.in_force) == ("A bird.", None)


def test_pairs_that_did_not_get_out_are_marked(session: Session) -> None:
    clip = add_clip(session)
    add_clip(session)
    export_id = ask(session)
    write_plan(session, export_id)
    exports.leave_out(session, export_id, [(clip.key, 0)])
    session.expire_all()
    rows = session.scalars(select(ExportRow).order_by(ExportRow.number)).all()
    assert [row.left_out for row in rows] == [1, 0]


def test_a_plan_that_was_cut_short_is_made_anew(session: Session) -> None:
    add_clip(session)
    export_id = ask(session)
    write_plan(session, export_id)
    exports.clear_rows(session, export_id)
    assert write_plan(session, export_id) == 1


def test_the_manifest_learns_recipes_rules_and_prompts(session: Session) -> None:
    run = add_run(session)
    clip = add_clip(session, run=run)
    add_clip(session, Made(verdict="dropped"), run=add_run(session, rules=[]))
    session.add(Prompt(digest="d1", name="short", version=2, text="Say it.", created_at=0.0))
    assert clip.caption is not None
    clip.caption.prompt_digest = "d1"
    session.flush()
    export_id = ask(session)
    write_plan(session, export_id)
    known = exports.origin(session, export_id)
    assert known["runs"] == [{"recipe": "quickstart", "config": run.config, "rules": run.rules}]
    assert known["prompts"] == {"d1": {"name": "short", "version": 2, "text": "Say it.", "system": ""}}


def test_a_request_becomes_a_job_and_is_followed_to_its_end(session: Session) -> None:
    add_clip(session)
    export_id = ask(session)
    job = job_of(session, export_id)
    assert (job.run_id, job.state, job.label) == (None, "ready", "easyanimate to /sets/one")
    exports.begin(session, export_id)
    exports.set_progress(session, export_id, 1)
    (view,) = exports.recent(session)
    assert (view.state, view.total, view.written, view.dest, view.by) == ("writing", 1, 1, "/sets/one", "ann")
    exports.finish(session, export_id, written=1, left_out=[f"clip {i}: gone" for i in range(25)])
    (view,) = exports.recent(session)
    assert (view.state, view.written, view.clips["crf"], view.comparable) == ("done", 1, 20, False)
    assert view.error is not None
    assert view.error.splitlines()[0] == "25 left out"
    assert view.error.splitlines()[-1] == "and 5 more"


def test_one_export_at_a_time_to_a_folder(session: Session) -> None:
    export_id = ask(session)
    with pytest.raises(Usage, match="already on its way"):
        ask(session)
    ask(session, "/sets/two")
    exports.cancel(session, export_id)
    assert ask(session) != export_id


def test_cancelling_stops_the_job_but_not_what_is_done(session: Session) -> None:
    first, second = ask(session, "/sets/one"), ask(session, "/sets/two")
    exports.cancel(session, first)
    job_of(session, second).state = "done"
    exports.finish(session, second, written=0)
    exports.cancel(session, second)
    assert [view.state for view in exports.recent(session)] == ["done", "cancelled"]
    assert job_of(session, first).state == "cancelled"


def test_an_export_whose_workers_died_is_shown_as_failed(session: Session) -> None:
    export_id = ask(session)
    exports.begin(session, export_id)
    job = job_of(session, export_id)
    job.state, job.error = "failed", "the worker died 3 times"
    session.flush()
    (view,) = exports.recent(session)
    assert (view.state, view.error) == ("failed", "the worker died 3 times")


def test_failure_says_why(session: Session) -> None:
    export_id = ask(session)
    exports.fail(session, export_id, "the disk is full")
    (view,) = exports.recent(session)
    assert (view.state, view.error) == ("failed", "the disk is full")
    assert view.ended_at is not None


def test_names_of_any_bytes_survive(session: Session) -> None:
    row = exports.create(session, Request(EasyAnimate(), "/sets/\udcff"))
    assert exports.folder(exports.get(session, row.id)) == Path("/sets/\udcff")
    assert exports.recent(session)[0].dest == "/sets/\ufffd"

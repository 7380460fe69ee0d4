"""Two libraries become one, by content and times: nothing is lost, nothing comes twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import arrivals, clips, decisions, elsewhere, tags
from db.arrivals import Arrived
from db.decisions import Decision
from db.models import Caption, Clip, Event, Prompt
from db.session import Store, open_store
from db.views import ClipView
from pipelines import wire
from pipelines.files import clip_folder
from pipelines.records import Video
from settings import Settings
from tests.support.library import Made, add_clip, make_pictures


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Store]:
    """Another library: one accepted with an edit, one rejected, one waiting with a tag, one dropped."""
    settings = Settings(data=tmp_path / "theirs")
    store = open_store(settings.database)
    with store.write() as session:
        made = [
            add_clip(session, Made(text=f"Caption {number}.", verdict="kept" if number < 3 else "dropped"))
            for number in range(4)
        ]
        for clip in made:  # as a scan names them
            record = elsewhere._known(session, [clip])[0].record
            clip.key = record.key
        make_pictures(settings, made[0])
        decisions.decide(session, Decision("key-0001", made[0].id, 0, "edit", text="A person's words."), "ana")
        decisions.decide(session, Decision("key-0002", made[1].id, 0, "accept"), "ana")
        decisions.decide(session, Decision("key-0003", made[1].id, 1, "reject", reason="cut inside"), "bo")
        tags.add(session, [made[2].id], "night", by="ana")
        session.add(Prompt(digest="d" * 16, name="detail", version=1, text="Describe it.", created_at=1.0))
    yield store
    store.close()


def arrive(store: Store, settings: Settings, path: Path) -> Arrived:
    arrived = arrivals.arrive(store, path, clips=settings.clips)
    assert arrived is not None
    return arrived


def everything(store: Store) -> list[ClipView]:
    with store.read() as session:
        return clips.page(session, sort="oldest").clips


def comparable(store: Store) -> list[object]:
    """All that people see of each clip, without the numbers of rows."""
    with store.read() as session:
        stuck = tags.of(session, [view.id for view in everything(store)])
        events = [(event.key, event.actor, event.kind, event.detail["version"]) for event in session.query(Event)]
    seen: list[object] = [
        (
            replace(view, id=0, video_id=0, captions=(), caption_id=None),
            [(one.text, one.author, one.by, one.at) for one in view.captions],
            view.caption.text if view.caption else None,
            stuck[view.id],
        )
        for view in everything(store)
    ]
    return [*seen, sorted(events)]


def test_an_empty_library_becomes_the_same(store: Store, settings: Settings, theirs: Store, tmp_path: Path) -> None:
    arrived = arrive(store, settings, tmp_path / "theirs")
    merged = arrived.merged
    assert (merged.clips, merged.captions, merged.decisions, merged.kept_ours) == (4, 5, 3, 0)
    assert comparable(store) == comparable(theirs)
    assert (clip_folder(settings.clips, arrived.keys[0]) / "sheet.jpg").is_file()
    with store.read() as session:
        assert [row.text for row in session.query(Prompt)] == ["Describe it."]


def test_twice_changes_nothing(store: Store, settings: Settings, theirs: Store, tmp_path: Path) -> None:
    arrive(store, settings, tmp_path / "theirs" / "clapper.db")
    before = comparable(store)
    again = arrive(store, settings, tmp_path / "theirs" / "clapper.db").merged
    assert (again.clips, again.captions, again.decisions, again.kept_ours) == (0, 0, 0, 0)
    assert comparable(store) == before


def test_the_later_decision_counts_and_both_stay(store: Store, settings: Settings, theirs: Store, tmp_path: Path) -> None:
    arrive(store, settings, tmp_path / "theirs")
    ours, second, *_ = everything(store)
    with theirs.write() as session:  # they go on
        decisions.decide(session, Decision("key-0004", 1, 1, "reject", reason="cut inside"), "bo")
        decisions.decide(session, Decision("key-0005", 2, 2, "accept"), "bo")
    with store.write() as session:  # and so do we, on one of them, later
        decisions.decide(session, Decision("key-0006", ours.id, ours.version, "edit", text="Ours."), "lin")
    merged = arrive(store, settings, tmp_path / "theirs").merged
    assert (merged.decisions, merged.kept_ours) == (2, 1)
    first, second, *_ = everything(store)
    assert (first.review, first.reviewed_by, first.caption and first.caption.text) == ("accepted", "lin", "Ours.")
    assert (second.review, second.reviewed_by) == ("accepted", "bo")
    with store.read() as session:
        assert session.query(Event).count() == 6
        assert sum(row.version for row in session.query(Clip)) == 6, "versions still count decisions"


def test_a_merged_decision_can_be_taken_back(store: Store, settings: Settings, theirs: Store, tmp_path: Path) -> None:
    arrive(store, settings, tmp_path / "theirs")
    (_, second, *_) = everything(store)
    with store.write() as session:
        decisions.decide(session, Decision("key-0007", second.id, second.version, "undo", undoes="key-0003"), "bo")
    assert everything(store)[1].review == "accepted"


def test_a_library_does_not_merge_with_itself(store: Store, settings: Settings) -> None:
    with store.write() as session:
        add_clip(session)
    assert arrive(store, settings, settings.data).merged.clips == 0


def line(store: Store, number: int) -> dict[str, object]:
    """A clip as a `jsonl` export has it."""
    (portion,) = elsewhere.read(store)
    known = portion[number]
    record = known.record
    video = {**wire.dump(known.video), "names": [], "name": Video.name.fget(record.video)}  # type: ignore[attr-defined]
    ticks = {**wire.dump(known.clip), "start_s": record.start_s, "end_s": record.end_s}
    plain = {key: value for key, value in wire.dump(known).items() if key != "sheet"}
    return {"clapper": 1, "key": record.key, "text": "", "take": 0, **plain, "video": video, "clip": ticks}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    return path


def test_a_list_of_everything_known_comes_back(store: Store, settings: Settings, theirs: Store, tmp_path: Path) -> None:
    lines = [line(theirs, number) for number in range(4)]
    (tmp_path / "set").mkdir()
    write(tmp_path / "set" / "clips.jsonl", *lines, lines[0])
    arrive(store, settings, tmp_path / "set")
    for before, after in zip(comparable(theirs)[:4], comparable(store)[:4], strict=True):
        assert before[1:] == after[1:]  # type: ignore[index]
    assert comparable(store)[-1] == comparable(theirs)[-1]


def test_a_review_without_history_becomes_a_decision(
    store: Store, settings: Settings, theirs: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "list.jsonl", {**line(theirs, 0), "events": []})
    for _ in range(2):
        arrive(store, settings, path)
    (view,) = everything(store)
    assert (view.review, view.reviewed_by, view.version) == ("accepted", "ana", 1)
    with store.read() as session:
        assert [(event.actor, event.kind) for event in session.query(Event)] == [("ana", "accept")]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clapper": 2}, "newer Clapper"),
        ({"clip": {"start_pts": 9, "end_pts": 9, "frames": 3}}, "ends before it begins"),
        ({"in_force": 7}, "a caption that is not in it"),
        ({"captions": [{"text": "x", "author": "ghost", "at": 0}], "in_force": None}, "captions.0.author"),
        ({"video": {"sha256": "x"}}, "video.size_bytes"),
    ],
)
def test_a_line_that_cannot_be_is_named(
    store: Store, settings: Settings, theirs: Store, tmp_path: Path, change: dict[str, object], says: str
) -> None:
    arrived = arrive(store, settings, write(tmp_path / "list.jsonl", line(theirs, 1), {**line(theirs, 0), **change}, "{"))
    assert [problem.given.split(" of")[0] for problem in arrived.problems] == ["line 2", "line 3"]
    assert says in arrived.problems[0].reason
    assert len(everything(store)) == 1


def test_what_is_neither_is_left_to_others(store: Store, settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "list.jsonl", {"path": "a.mp4"})
    assert arrivals.arrive(store, tmp_path / "list.jsonl", clips=settings.clips) is None
    assert arrivals.arrive(store, tmp_path, clips=settings.clips) is None
    with store.read() as session:
        assert session.query(Caption).count() == 0

"""Which pairs leave, with which captions, and on which side."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from db import exports, leaving
from db.models import Caption, Clip
from db.session import Store
from pipelines.errors import Usage
from pipelines.selection import WHICH, Selection
from tests.support.library import Made, add_clip


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def pairs(session: Session, wanted: Selection) -> list[leaving.Pair]:
    return [pair for page in leaving.plan(session, wanted) for pair in page]


def texts(session: Session, **wanted: object) -> list[str]:
    found = pairs(session, Selection(**{"which": "kept", **wanted}))  # type: ignore[arg-type]
    return [(session.get_one(Caption, pair.caption_id).text if pair.caption_id else "") for pair in found]


def say(session: Session, clip: Clip, text: str, **more: object) -> None:
    session.add(Caption(clip_id=clip.id, text=text, author="machine", created_at=time.time(), **more))
    session.flush()


def test_the_choices(session: Session) -> None:
    for text, verdict, review in [
        ("accepted by a person", "dropped", "accepted"),
        ("accepted by lot", "kept", "accepted_lot"),
        ("kept", "kept", "waiting"),
        ("kept but rejected", "kept", "rejected"),
        ("dropped", "dropped", "waiting"),
        ("not judged", None, "skipped"),
    ]:
        add_clip(session, Made(text=text, verdict=verdict, review=review))
    add_clip(session, Made(text="superseded", superseded=1))
    found = {which: texts(session, which=which) for which in WHICH}
    assert found["accepted"] == ["accepted by a person"]
    assert found["lot"] == ["accepted by lot"]
    assert found["reviewed"] == ["accepted by a person", "accepted by lot"]
    assert found["kept"] == ["accepted by a person", "accepted by lot", "kept"]
    assert found["all"] == ["accepted by a person", "accepted by lot", "kept", "dropped", "not judged"]
    assert len(found["everything"]) == 6
    assert {which: leaving.count(session, Selection(which=which)) for which in WHICH} == {
        which: len(some) for which, some in found.items()
    }


def test_conditions_are_those_of_the_library(session: Session) -> None:
    for number in range(4):
        add_clip(session, Made(text=f"motion {number}", scores={"motion": number / 10}, video=f"films/{number % 2}.mp4"))
    assert texts(session, where=("motion>0.05",)) == ["motion 2", "motion 1", "motion 3"]
    assert texts(session, where=("motion>0.05", "video~0.mp4")) == ["motion 2"]
    with pytest.raises(Usage, match="'emotion' is unknown"):
        texts(session, where=("emotion>1",))


def test_captions_that_are_missing_or_did_not_end_well_are_counted_out(session: Session) -> None:
    for made in (Made(text=None), Made(text="cut off", outcome="truncated"), Made(text="  "), Made(text="A bird.")):
        add_clip(session, made)
    assert len(pairs(session, Selection(which="kept"))) == 4
    assert leaving.count(session, Selection(which="kept")) == 1
    assert [sample.text for sample in exports.preview(session, Selection(which="kept"))] == ["A bird."]


def test_pairs_come_by_name_of_the_video_and_then_by_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "PAGE", 2)
    for text, video in [("b1", "x/b.mp4"), ("a1", "y/a.mp4"), ("b2", "x/b.mp4"), ("a2", "y/a.mp4"), ("other a", "z/a.mp4")]:
        add_clip(session, Made(text=text, video=video))
    assert texts(session) == ["a1", "a2", "other a", "b1", "b2"]
    assert [sample.text for sample in exports.preview(session, Selection(which="kept"), limit=2)] == ["a1", "a2"]


def test_other_captions_than_the_one_in_force(session: Session) -> None:
    clip = add_clip(session, Made(text="in force"))
    say(session, clip, "short", model="small")
    say(session, clip, "a much longer caption", model="large", stage="video")
    say(session, clip, "of no use, but by far the longest of them all", outcome="truncated")
    say(session, clip, "an answer that is no caption, though it is long", role="answer")
    say(session, clip, "ein Ball rollt über den Tisch, weit und breit", role="translation", model="large")
    assert texts(session, caption="longest") == ["a much longer caption"]
    assert texts(session, caption="shortest") == ["short"]
    assert texts(session, caption="latest") == ["a much longer caption"]
    assert texts(session, caption="model=small") == ["short"]
    assert texts(session, caption="stage=video") == ["a much longer caption"]
    assert texts(session, caption="role=translation") == ["ein Ball rollt über den Tisch, weit und breit"]
    assert texts(session, caption="model=none") == [""]


def test_a_mix_leaves_several_captions_a_clip_and_none_twice(session: Session) -> None:
    for number in range(3):
        clip = add_clip(session, Made(text=f"in force {number}"))
        say(session, clip, f"a much longer caption {number}")
    wanted = {"caption": "longest*3, in_force*1, latest", "each": 5}
    found = pairs(session, Selection(which="kept", **wanted))  # type: ignore[arg-type]
    assert [pair.take for pair in found] == [0, 1] * 3
    assert len({pair.caption_id for pair in found}) == 6
    assert leaving.count(session, Selection(which="kept", **wanted)) == 6  # type: ignore[arg-type]


def test_no_source_is_on_both_sides_and_growing_moves_none(session: Session) -> None:
    wanted = Selection(which="kept", validation=0.4, seed=3)

    def sides() -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for pair in pairs(session, wanted):
            found.setdefault(session.get_one(Clip, pair.clip_id).video_id, set()).add(pair.part)
        return found

    for number in range(20):
        add_clip(session, Made(video=f"films/{number % 10}.mp4"))
    before = sides()
    assert all(len(parts) == 1 for parts in before.values())
    assert {part for parts in before.values() for part in parts} == {"train", "validation"}
    for number in range(10, 20):
        add_clip(session, Made(video=f"films/{number}.mp4"))
    after = sides()
    assert {video: after[video] for video in before} == before


@pytest.mark.parametrize("together", [1, leaving.VIDEOS])
def test_extents_add_up(session: Session, monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    monkeypatch.setattr(leaving, "VIDEOS", together)
    for number in range(5):
        add_clip(session, Made(video=f"films/{number % 2}.mp4", seconds=2.0))
    found = list(leaving.extents(session, Selection(which="kept")))
    assert sorted(one.clips for one in found) == [2, 3]
    assert sum(one.seconds for one in found) == pytest.approx(10.0)
    assert sum(one.pairs for one in found) == 5
    assert {one.size_bytes for one in found} == {1000}

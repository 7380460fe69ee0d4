"""Words are found in captions, old and new, and in text on screen; no input is a syntax error."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from db import search
from db.models import Caption, Clip, Fact, Video
from db.session import Store

NASTY = [
    '"', "AND", "a AND", "NEAR(", "t:", "zz:red", "*", "-red", "(", 'red"', "^", "a^b", "o'brien", "red + ", "{", "}", "NOT",
    "\x00red", "(((((", '"a" NEAR/', "col:x", "%", "--", ";drop table f", "“”", "a\nOR", "🎬", "",
]  # fmt: skip


@pytest.fixture
def clips(store: Store) -> Store:
    with store.write() as session:
        video = Video(sha256="a", size_bytes=1, info={}, created_at=0.0)
        session.add(video)
        session.flush()
        said = (
            ("fox", "A red fox crosses a snowy road", "SALE"),
            ("tree", "Über dem Baum", "EXIT 12"),
            ("car", "一辆红色的汽车开过BMW雪地。", "出口"),
            ("cat", "赤いくるまの上でネコが眠る", "ｶﾒﾗ"),
        )
        for key, caption, words in said:
            clip = Clip(key=key, video_id=video.id, start_pts=0, end_pts=1, start_s=0.0, end_s=1.0, frames=1, sheet={})
            session.add(clip)
            session.flush()
            session.add(Caption(clip_id=clip.id, text=caption, author="machine", created_at=0.0))
            session.add(Fact(clip_id=clip.id, name="words", text=words))
    return store


def found(store: Store, query: str) -> list[str]:
    condition = search.matches(query, Clip.id)
    with store.read() as session:
        return [] if condition is None else list(session.scalars(select(Clip.key).where(condition)))


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("fox", ["fox"]),
        ("FOX road", ["fox"]),
        ("snow", ["fox"]),
        ("uber", ["tree"]),
        ("exit", ["tree"]),
        ("fox baum", []),
        ("sale", ["fox"]),
        ("fox sale", ["fox"]),
        ("红色", ["car"]),
        ("色的汽", ["car"]),
        ("汽车 bmw", ["car"]),
        ("车", ["car"]),
        ("地", ["car"]),
        ("色红", []),
        ("红车", []),
        ("くるま", ["cat"]),
        ("ネコ", ["cat"]),
        ("コネ", []),
        ("ｶﾒ", ["cat"]),
        ("汽车 sale", []),
    ],
)
def test_all_words_must_occur_and_the_last_may_be_unfinished(clips: Store, query: str, keys: list[str]) -> None:
    assert found(clips, query) == keys


@pytest.mark.parametrize("query", NASTY)
def test_nothing_a_person_types_is_an_error(clips: Store, query: str) -> None:
    assert set(found(clips, query)) <= {"fox", "tree", "car", "cat"}


def test_a_changed_fact_is_found_by_its_new_words_only(clips: Store) -> None:
    with clips.write() as session:
        session.get_one(Fact, (1, "words")).text = "CLOSED"
    assert found(clips, "closed") == ["fox"]
    assert found(clips, "sale") == []


def test_every_version_is_found_and_a_clip_that_is_gone_is_not(clips: Store) -> None:
    with clips.write() as session:
        session.add(Caption(clip_id=1, text="A vixen runs", author="person", parent_id=1, created_at=1.0))
    assert found(clips, "vixen") == found(clips, "crosses") == ["fox"]
    with clips.write() as session:
        session.delete(session.get_one(Clip, 1))
    with clips.read() as session:
        assert session.execute(search.leads(search.query("vixen"))).all() == []


def test_what_was_written_past_the_index_is_taken_in_later(clips: Store) -> None:
    with clips.engine.begin() as connection:
        connection.execute(insert(Caption).values(clip_id=2, text="A zebra", author="machine", created_at=0.0))
    assert found(clips, "zebra") == []
    search.ensure_index(clips.engine)
    assert found(clips, "zebra") == ["tree"]

"""Words are found in captions, old and new, and in text on screen; no input is a syntax error."""

from __future__ import annotations

import pytest
from sqlalchemy import select

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
        for key, caption, words in (("fox", "A red fox crosses a snowy road", "SALE"), ("tree", "Über dem Baum", "EXIT 12")):
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
    ],
)
def test_all_words_must_occur_and_the_last_may_be_unfinished(clips: Store, query: str, keys: list[str]) -> None:
    assert found(clips, query) == keys


@pytest.mark.parametrize("query", NASTY)
def test_nothing_a_person_types_is_an_error(clips: Store, query: str) -> None:
    assert set(found(clips, query)) <= {"fox", "tree"}


def test_a_changed_fact_is_found_by_its_new_words_only(clips: Store) -> None:
    with clips.write() as session:
        session.get_one(Fact, (1, "words")).text = "CLOSED"
    assert found(clips, "closed") == ["fox"]
    assert found(clips, "sale") == []

"""One gesture on many clips: previewed, done in portions, once, and taken back whole."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from db import bulk, clips, tags
from db.bulk import Gesture
from db.decisions import Decision, decide
from db.filters import ClipFilter, parse_where
from db.models import Caption, Clip, Event
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip

ALL = ClipFilter()


@pytest.fixture
def library(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Seven clips: five to review, one without a caption, one accepted."""
    monkeypatch.setattr(bulk, "PORTION", 2)
    with store.write() as session:
        for number in range(1, 6):
            add_clip(session, Made(f"A grey cat {number} sits."))
        add_clip(session, Made(None))
        add_clip(session, Made("A dog.", review="accepted"))
    return store


def do(store: Store, gesture: Gesture, *where: str, key: str = "key-of-bulk") -> tuple[int, int]:
    """All portions; how many clips were changed, and how many left alone."""
    with store.read() as session:
        until = bulk.preview(session, parse_where(where), gesture).until
    done = left = 0
    after: int | None = 0
    while after is not None:
        with store.write() as session:
            portion = bulk.do(session, parse_where(where), gesture, key=key, by="ana", after=after, until=until)
        done, left, after = done + portion.done, left + portion.left_alone, portion.after
    return done, left


def take_back(store: Store, of: str = "key-of-bulk", key: str = "key-of-undo") -> tuple[int, int]:
    done = left = 0
    after: int | None = 0
    while after is not None:
        with store.write() as session:
            portion = bulk.take_back(session, of, key=key, by="ana", after=after)
        done, left, after = done + portion.done, left + portion.left_alone, portion.after
    return done, left


def state(store: Store) -> list[Any]:
    with store.read() as session:
        stuck = tags.of(session, list(range(1, 8)))
        rows = select(Clip.id, Clip.review, Clip.reject_reason, Clip.reviewed_by, Clip.caption_id).order_by(Clip.id)
        return [(*row, stuck[row[0]]) for row in session.execute(rows)]


GESTURES = [
    (Gesture("accept"), 5, 2),
    (Gesture("reject", reason="clip: cut inside"), 7, 0),
    (Gesture("tag", tag=" Night "), 6, 1),
    (Gesture("untag", tag="old"), 2, 5),
    (Gesture("replace", find="grey cat", put="white cat"), 5, 2),
]


@pytest.mark.parametrize(("gesture", "changes", "left"), GESTURES, ids=[one.act for one, *_ in GESTURES])
def test_what_is_previewed_is_done_once_and_taken_back_whole(
    library: Store, gesture: Gesture, changes: int, left: int
) -> None:
    with library.write() as session:
        tags.add(session, [3, 4], "old", by="bo")
        tags.add(session, [4], "night", by="bo")
    before = state(library)
    with library.read() as session:
        seen = bulk.preview(session, ALL, gesture)
    assert (seen.clips, seen.left_alone, seen.until) == (changes, left, 7)
    assert state(library) == before
    assert do(library, gesture)[0] == changes
    after = state(library)
    assert sum(now != then for now, then in zip(after, before, strict=True)) == changes
    assert do(library, gesture)[0] == 0, "a repeated key changes nothing"
    assert state(library) == after
    assert take_back(library) == (changes, 0)
    assert state(library) == before
    assert take_back(library)[0] == 0
    assert state(library) == before


def test_a_replacement_shows_words_before_and_after_and_is_a_new_caption(library: Store) -> None:
    gesture = Gesture("replace", find="cat", put="kitten")
    with library.read() as session:
        (first, *_) = bulk.preview(session, ALL, gesture).changes
    assert (first.clip_id, first.before, first.after) == (1, "A grey cat 1 sits.", "A grey kitten 1 sits.")
    do(library, gesture, "clip=1,2")
    with library.read() as session:
        chain = list(session.scalars(select(Caption).where(Caption.clip_id == 1).order_by(Caption.id)))
        assert [(one.text, one.author, one.by) for one in chain][1:] == [("A grey kitten 1 sits.", "person", "ana")]
        assert chain[1].parent_id == chain[0].id
        assert session.get_one(Clip, 1).review == "waiting"
        assert clips.ids(session, parse_where(["text~kitten"])) == [1, 2]


def test_a_decision_made_since_stays(library: Store) -> None:
    do(library, Gesture("accept"))
    with library.write() as session:
        decide(session, Decision("key-of-bob", 2, 1, "reject", reason="clip: cut inside"), "bob")
    assert take_back(library) == (4, 1)
    with library.read() as session:
        assert [session.get_one(Clip, n).review for n in (1, 2, 7)] == ["waiting", "rejected", "accepted"]


def test_every_clip_remembers_it(library: Store) -> None:
    do(library, Gesture("accept"), "clip=3")
    with library.write() as session:
        (entry,) = clips.history(session, 3)
        assert (entry.kind, entry.actor) == ("accept", "ana")
        decide(session, Decision("key-of-one", 3, 1, "undo", undoes=entry.key), "ana")
        assert session.get_one(Clip, 3).review == "waiting"
        assert session.scalars(select(Event.bulk).order_by(Event.id)).all() == ["key-of-bulk", None]


def test_clips_that_come_meanwhile_are_not_touched(library: Store) -> None:
    with library.write() as session:
        new = add_clip(session, Made("A grey cat, late."))
        first = bulk.do(session, ALL, Gesture("accept"), key="k", by="ana", after=6, until=7)
        assert (first.after, session.get_one(Clip, new.id).review) == (None, "waiting")


@pytest.mark.parametrize(
    ("gesture", "told"),
    [
        (Gesture("delete"), "known are accept"),
        (Gesture("reject"), "without a reason"),
        (Gesture("replace"), "write the words"),
        (Gesture("tag", tag=" "), "is no tag"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(library: Store, gesture: Gesture, told: str) -> None:
    with library.read() as session, pytest.raises(Usage, match=told):
        bulk.preview(session, ALL, gesture)


def test_no_caption_becomes_empty(library: Store) -> None:
    before = state(library)
    assert do(library, Gesture("replace", find="A dog.", put=" ")) == (0, 7)
    assert state(library) == before


def test_nothing_to_take_back(library: Store) -> None:
    with pytest.raises(Usage, match="nothing 'never'"):
        take_back(library, of="never")

"""Remarks are kept once, point somewhere that exists, and are taken back without a trace lost."""

from __future__ import annotations

import pytest

from db import clips, notes, views
from db.filters import ClipFilter
from db.notes import Remark
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip


@pytest.fixture
def library(store: Store) -> Store:
    """Two clips; the caption of the first holds a character that takes two units of UTF-16."""
    with store.write() as session:
        add_clip(session, Made("A 🦊 runs."))
        add_clip(session)
    return store


def test_a_remark_is_kept_once_and_seen_with_its_clip(library: Store) -> None:
    remark = Remark("k1", 1, "wrong", " no fox ", at_s=0.5, caption_id=1, span=(2, 10))
    with library.write() as session:
        notes.write(session, remark, "ann")
        notes.write(session, remark, "ann")
        notes.write(session, Remark("k2", 2, "flag"), "bob")
    with library.read() as session:
        one, two = views.describe(session, [1, 2])
        assert [(n.kind, n.text, n.at_s, n.span, n.by) for n in one.notes] == [("wrong", "no fox", 0.5, (2, 10), "ann")]
        assert [n.kind for n in two.notes] == ["flag"]
        assert clips.ids(session, ClipFilter(note=("flag", "note"))) == [2]
        assert [(done.kind, done.actor) for done in clips.history(session, 1)] == [("wrong", "ann")]


def test_taking_back_is_done_once_and_told_in_the_history(library: Store) -> None:
    with library.write() as session:
        notes.write(session, Remark("k1", 1, "flag"), "ann")
        assert not notes.take_back(session, 2, "k1", key="k2", by="bob")
        assert notes.take_back(session, 1, "k1", key="k2", by="bob")
        assert not notes.take_back(session, 1, "k1", key="k2", by="bob")
        notes.write(session, Remark("k1", 1, "flag"), "ann")  # a repeated request that comes late brings nothing back
        assert notes.of(session, [1])[1] == []
        assert [(done.kind, done.actor) for done in clips.history(session, 1)] == [("flag", "ann"), ("take back", "bob")]


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        (Remark("k", 1, "praise"), "known are flag, note, wrong, omitted"),
        (Remark("k", 9, "flag"), "no clip 9"),
        (Remark("k", 1, "note", "  "), "is empty"),
        (Remark("k", 1, "omitted"), "is empty"),
        (Remark("k", 1, "note", "x" * 2001), "longer than 2000"),
        (Remark("k", 1, "wrong", caption_id=1), "must name the caption and where"),
        (Remark("k", 1, "wrong", caption_id=2, span=(0, 1)), "clip 1 has no caption 2"),
        (Remark("k", 1, "wrong", caption_id=1, span=(2, 11)), "are no part of that caption"),
        (Remark("k", 1, "note", "x", span=(0, 1)), "are no part of that caption"),
        (Remark("used", 1, "flag"), "already used"),
    ],
)
def test_a_remark_that_makes_no_sense_is_refused(library: Store, remark: Remark, told: str) -> None:
    with library.write() as session:
        notes.write(session, Remark("used", 2, "flag"), "ann")
    with library.write() as session, pytest.raises(Usage, match=told):
        notes.write(session, remark, "ann")

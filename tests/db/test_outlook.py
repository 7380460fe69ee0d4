"""A dry run says what would come of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from db import outlook
from db.exports import Request
from db.session import Store
from pipelines.exporters.cogvideox import CogVideoX
from pipelines.exporters.jsonl import JsonLines
from pipelines.selection import Selection
from tests.support.library import Made, add_clip

KEPT = Selection(which="kept")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def test_pairs_are_counted_by_side_and_what_is_refused_by_reason(session: Session) -> None:
    for number in range(6):
        add_clip(session, Made(video=f"films/{number}.mp4", text="A bird."))
    for words in (300, 400):
        add_clip(session, Made(text="word " * words))
    add_clip(session, Made(text=None))
    wanted = Selection(which="kept", validation=0.5)
    found = outlook.look_ahead(session, Request(CogVideoX(), "", wanted), children=2)
    assert found.counts["train"] + found.counts["validation"] == 6
    assert sorted(found.refused.values()) == [1, 2]
    assert any("about N tokens and CogVideoX reads N" in reason for reason in found.refused)
    assert (found.estimate.pairs, found.estimate.videos) == (8, 7)


def test_the_quick_look_agrees_where_nothing_is_refused(session: Session) -> None:
    for number in range(3):
        add_clip(session, Made(text=f"A bird {number}."))
    request = Request(JsonLines(), "", KEPT)
    assert outlook.reckon(session, request, children=1).estimate == outlook.look_ahead(session, request, children=1).estimate
    assert outlook.look_ahead(session, request, children=1).counts == {"": 3}


def test_an_empty_library_comes_to_nothing(session: Session) -> None:
    found = outlook.look_ahead(session, Request(JsonLines(), "", KEPT), children=1)
    assert (found.estimate.pairs, dict(found.counts), found.refused) == (0, {"": 0}, {})

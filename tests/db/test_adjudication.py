"""Where two people differ: the figures, the queue for leads, and what becomes of the clip."""

from __future__ import annotations

import pytest

from db import adjudication
from db.decisions import Conflict
from db.session import Store
from pipelines.errors import Usage
from tests.db.test_opinions import given, press, twice
from tests.support.reviewing import clip_now

__all__ = ["twice"]


def judged(store: Store, *pairs: tuple[str, str]) -> list[int]:
    """Ann and bob on one clip after another; the clips."""
    clips = given(store, "ann")[: len(pairs)]
    for view, (first, second) in zip(clips, pairs, strict=True):
        say(store, "ann", view, first)
        (again,) = [one for one in given(store, "bob") if one.id == view.id]
        say(store, "bob", again, second)
    return [view.id for view in clips]


def say(store: Store, who: str, view: object, action: str) -> None:
    more = {"reject": {"reason": f"caption: {who} says so"}, "edit": {"text": f"As {who} wrote it."}}.get(action, {})
    press(store, who, view, action, **more)  # type: ignore[arg-type]


def test_how_far_they_agree(twice: Store) -> None:
    judged(twice, ("accept", "accept"), ("accept", "edit"), ("reject", "accept"))
    with twice.read() as session:
        found = adjudication.agreements(session)
    assert found.usable.clips == found.decision.clips == 3
    assert found.usable.raw.value == pytest.approx(2 / 3)
    assert found.decision.raw.value == pytest.approx(1 / 3)


def test_nobody_judged_twice(store: Store) -> None:
    with store.read() as session:
        assert adjudication.agreements(session).usable.raw.value is None
        assert adjudication.differences(session) == []


def test_differences_wait_for_a_lead_the_graver_first(twice: Store) -> None:
    same, mild, grave = judged(twice, ("reject", "reject"), ("accept", "edit"), ("accept", "reject"))
    with twice.read() as session:
        found = adjudication.differences(session)
    assert [one.clip.id for one in found] == [grave, mild]
    assert [(said.person, said.decision) for said in found[0].said] == [("ann", "accept"), ("bob", "reject")]
    assert found[1].caption == "A ball rolls over a table."
    assert same not in [one.clip.id for one in found]


@pytest.mark.parametrize(
    ("first", "second", "kind", "review", "text"),
    [
        ("accept", "reject", "first", "accepted", "A ball rolls over a table."),
        ("accept", "reject", "second", "rejected", "A ball rolls over a table."),
        ("edit", "accept", "first", "accepted", "As ann wrote it."),
        ("edit", "accept", "second", "accepted", "A ball rolls over a table."),
        ("reject", "edit", "second", "accepted", "As bob wrote it."),
    ],
)
def test_a_lead_lets_one_of_them_stand(twice: Store, first: str, second: str, kind: str, review: str, text: str) -> None:
    (clip_id,) = judged(twice, (first, second))
    for _ in range(2):  # sent twice, decided once
        with twice.write() as session:
            answer = adjudication.settle(session, clip_id, kind=kind, by="lea", key="key-of-lea")
        assert not isinstance(answer, Conflict)
    now = clip_now(twice, clip_id)
    assert now.caption is not None
    assert (now.review, now.caption.text, now.reviewed_by, now.version) == (review, text, "lea", 2)
    with twice.read() as session:
        assert adjudication.differences(session) == []


def test_there_must_be_an_opinion_to_follow(twice: Store) -> None:
    with pytest.raises(Usage, match="no second opinion"), twice.write() as session:
        adjudication.settle(session, 1, kind="second", by="lea", key="key-of-lea")

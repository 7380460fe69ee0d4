"""A winner's captions come into force where nobody decided, and go again without a trace but the history."""

from __future__ import annotations

import pytest

from db import clips, decisions, promotions
from db.contestants import Grouping, Origin, identify
from db.decisions import Decision
from db.filters import ClipFilter
from db.models import Clip
from db.promotions import Done, Promotion
from db.session import Store
from pipelines.errors import Usage
from tests.support.comparing import MODELS, clips_of, compared_clip, say
from tests.support.library import Made

FIRST, WINNER, _ = MODELS
WHOSE = identify(Origin("machine", "", False, WINNER, "", "", "", ""), Grouping.MODEL)


def promote(store: Store, key: str = "promote-1", **only: object) -> Done:
    with store.write() as session:
        return promotions.promote(session, Promotion(WHOSE, Grouping.MODEL, ClipFilter(**only)), by="ann", key=key)  # type: ignore[arg-type]


def take_back(store: Store, of: str = "promote-1", key: str = "back-1") -> Done:
    with store.write() as session:
        return promotions.take_back(session, of, by="ann", key=key)


def in_force(store: Store) -> dict[int, int | None]:
    with store.read() as session:
        return {clip.id: clip.caption_id for clip in session.query(Clip)}


def decide(store: Store, clip_id: int, action: str, **more: object) -> None:
    with store.write() as session:
        decisions.decide(session, Decision(f"{action}-{clip_id}", clip_id, 0, action, **more), "bob")  # type: ignore[arg-type]


@pytest.fixture
def library(store: Store) -> Store:
    """1: free · 2: accepted · 3: edited by a person · 4: skipped · 5: without the winner · 6: the winner is in force already
    7: written by a person, undecided."""
    clips_of(store, 4)
    with store.write() as session:
        compared_clip(session, {FIRST: "Alone."})
        compared_clip(session, {WINNER: "Here already.", FIRST: "Not."})
        clip = compared_clip(session, {WINNER: "By a machine."}, Made(None))
        clip.caption_id = say(session, clip, "By a person.")
    decide(store, 2, "accept")
    decide(store, 3, "edit", text="By hand.")
    decide(store, 4, "skip")
    return store


def test_only_where_no_person_decided(library: Store) -> None:
    before = in_force(library)
    assert promote(library) == Done("promote-1", 2)
    after = in_force(library)
    assert {clip for clip in after if after[clip] != before[clip]} == {1, 4}
    assert (after[1], after[4]) == (2, 8)


def test_undo_restores_exactly(library: Store) -> None:
    before = in_force(library)
    promote(library)
    assert take_back(library) == Done("back-1", 2, 0)
    assert in_force(library) == before


def test_a_selection_alone(library: Store) -> None:
    promote(library, review=("skipped",))
    assert in_force(library)[1] == 1 and in_force(library)[4] == 8


def test_both_are_done_once_however_often_they_are_sent(library: Store) -> None:
    assert promote(library) == promote(library)
    assert take_back(library) == take_back(library)
    with library.read() as session:
        assert [one.kind for one in clips.history(session, 1)] == ["promote", "demote"]


def test_undo_leaves_alone_what_was_decided_since(library: Store) -> None:
    promote(library)
    decide(library, 1, "accept", caption_id=2)
    assert take_back(library) == Done("back-1", 1, 1)
    assert in_force(library)[1] == 2


def test_a_decision_on_what_was_on_the_screen_before_is_a_conflict(library: Store) -> None:
    promote(library)
    with library.write() as session:
        answer = decisions.decide(session, Decision("late", 1, 0, "accept", caption_id=1), "bob")
    assert isinstance(answer, decisions.Conflict)


def test_what_was_never_promoted_cannot_be_taken_back(library: Store) -> None:
    with pytest.raises(Usage, match="no promotion"):
        take_back(library, "nothing")


def test_the_preview_changes_nothing_and_tells_the_same(library: Store) -> None:
    before = in_force(library)
    with library.read() as session:
        found = promotions.changes(session, Promotion(WHOSE, Grouping.MODEL))
    assert [one.clip_id for one in found] == [1, 4]
    assert in_force(library) == before

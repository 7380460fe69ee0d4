"""Decisions: kept once, never lost, never over somebody else's."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from db import clips, views
from db.decisions import Conflict, Decided, Decision
from db.models import Caption, Clip, Event
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import add_clip
from tests.support.reviewing import claimed, clip_now, decide, eight_clips


@pytest.fixture
def library(store: Store) -> Store:
    return eight_clips(store)


def test_accepting(library: Store) -> None:
    claimed(library, "ann")
    done = decide(library, Decision("k1", 1, 0, "accept"))
    assert isinstance(done, Decided)
    clip = clip_now(library, 1)
    assert (clip.review, clip.reviewed_by, clip.version, clip.caption_id) == ("accepted", "ann", 1, 1)
    assert claimed(library, "bob") == []
    assert claimed(library, "ann") == [2, 8, 3]


def test_rejecting_keeps_the_reason_and_skipping_puts_last(library: Store) -> None:
    decide(library, Decision("k1", 1, 0, "reject", reason="clip: cut inside"))
    decide(library, Decision("k2", 2, 0, "skip"))
    assert (clip_now(library, 1).review, clip_now(library, 1).reject_reason) == ("rejected", "clip: cut inside")
    assert claimed(library, "ann") == [8, 2, 3]


def test_an_edit_is_a_new_caption_in_force(library: Store) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text="  A grey rabbit.\n"))
    clip = clip_now(library, 8)
    assert clip.caption is not None
    assert (clip.review, clip.caption.text, clip.caption.author, clip.caption.by) == (
        "accepted",
        "A grey rabbit.",
        "person",
        "ann",
    )
    assert [caption.text for caption in clip.captions] == ["A rabbit.", "A grey rabbit."]
    assert clip.caption.parent == clip.captions[0].id


def test_an_edit_that_changes_no_word_is_no_new_caption(library: Store) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text=" A rabbit. "))
    clip = clip_now(library, 8)
    assert (len(clip.captions), clip.review) == (1, "accepted")


@pytest.mark.parametrize("back", ["revert", "edit"])
def test_going_back_to_earlier_words_is_a_new_caption_that_follows_the_one_in_force(library: Store, back: str) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text="A hare."))
    first, second = clip_now(library, 8).captions
    decide(library, Decision("k2", 8, 1, back, text="A rabbit.", revert_to=first.id, caption_id=second.id))
    clip = clip_now(library, 8)
    assert [caption.text for caption in clip.captions] == ["A rabbit.", "A hare.", "A rabbit."]
    third = clip.captions[2]
    assert (clip.caption, third.parent, third.by, third.model) == (third, second.id, "ann", "measured")
    assert third.params == {"reverts": first.id}
    assert (clip.review, clip.version) == ("waiting" if back == "revert" else "accepted", 2)
    decide(library, Decision("k3", 8, 2, "undo", undoes="k2"))
    assert clip_now(library, 8).caption == second


def test_what_is_no_caption_never_comes_into_force(library: Store) -> None:
    with library.write() as session:
        tags = Caption(clip_id=8, text="rabbit, lawn", author="machine", role="tags", created_at=1.0)
        session.add(tags)
        session.flush()
        tags_id = tags.id
    with pytest.raises(Usage, match="no usable caption"):
        decide(library, Decision("k1", 8, 0, "revert", revert_to=tags_id))
    decide(library, Decision("k2", 8, 0, "edit", text="rabbit, lawn"))
    written = clip_now(library, 8).caption
    assert written is not None
    assert (written.role, written.model) == ("caption", "")


def test_whoever_reverts_keeps_the_clip(library: Store) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text="A hare."))
    decide(library, Decision("k2", 8, 1, "revert", revert_to=clip_now(library, 8).captions[0].id))
    assert claimed(library, "bob") == [1, 2, 3]
    assert claimed(library, "ann", limit=1) == [8]


def test_a_repeated_key_gives_the_same_answer_and_changes_nothing(library: Store) -> None:
    edit = Decision("k1", 8, 0, "edit", text="A grey rabbit.")
    assert decide(library, edit) == decide(library, edit)
    decide(library, Decision("k2", 8, 1, "reject", reason="clip: cut inside"))
    assert isinstance(decide(library, edit), Decided)
    assert (clip_now(library, 8).version, len(clip_now(library, 8).captions)) == (2, 2)


def test_a_decision_on_an_older_version_is_a_conflict_that_shows_both(library: Store) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text="A hare."), "bob")
    conflict = decide(library, Decision("k2", 8, 0, "edit", text="A grey rabbit."))
    assert isinstance(conflict, Conflict)
    assert (conflict.base.text, conflict.base.version, conflict.base.standing.review) == ("A rabbit.", 0, "waiting")
    assert (conflict.theirs.text, conflict.theirs.version, conflict.theirs.standing.by) == ("A hare.", 1, "bob")
    assert len(clip_now(library, 8).captions) == 2
    again = decide(library, Decision("k3", 8, conflict.theirs.version, "edit", text="A grey rabbit."))
    assert isinstance(again, Decided)
    assert [caption.text for caption in clip_now(library, 8).captions] == ["A rabbit.", "A hare.", "A grey rabbit."]


def test_accepting_a_caption_that_is_no_longer_in_force_is_a_conflict(library: Store) -> None:
    with library.write() as session:
        newer = Caption(clip_id=1, text="Another machine's words.", author="machine", model="other", created_at=1.0)
        session.add(newer)
        session.flush()
        session.execute(update(Clip).where(Clip.id == 1).values(caption_id=newer.id))
    conflict = decide(library, Decision("k1", 1, 0, "accept", caption_id=1))
    assert isinstance(conflict, Conflict)
    assert (conflict.base.text, conflict.theirs.text) == ("A ball rolls over a table.", "Another machine's words.")


def test_undo_brings_back_the_state_before(library: Store) -> None:
    before = clip_now(library, 8)
    decide(library, Decision("k1", 8, 0, "edit", text="A hare."))
    undo = Decision("k2", 8, 1, "undo", undoes="k1")
    assert decide(library, undo) == decide(library, undo)
    after = clip_now(library, 8)
    assert (after.review, after.caption_id, after.reviewed_by, after.version) == ("waiting", before.caption_id, None, 2)
    assert [caption.text for caption in after.captions] == ["A rabbit.", "A hare."]
    assert claimed(library, "bob") == [1, 2, 3]
    decide(library, Decision("k3", 8, 2, "undo", undoes="k2"))
    assert clip_now(library, 8).caption_id == after.captions[1].id


def test_undo_goes_back_step_by_step(library: Store) -> None:
    decide(library, Decision("k1", 8, 0, "edit", text="A hare."))
    decide(library, Decision("k2", 8, 1, "reject", reason="clip: cut inside"))
    with pytest.raises(Usage, match="decided on again since"):
        decide(library, Decision("k3", 8, 2, "undo", undoes="k1"))
    decide(library, Decision("k3", 8, 2, "undo", undoes="k2"))
    assert (clip_now(library, 8).review, clip_now(library, 8).version) == ("accepted", 3)
    decide(library, Decision("k4", 8, 3, "undo", undoes="k1"))
    assert (clip_now(library, 8).review, clip_now(library, 8).version) == ("waiting", 4)
    with pytest.raises(Usage, match="decided on again since"):
        decide(library, Decision("k5", 8, 4, "undo", undoes="k1"))


def test_undo_never_takes_back_more_than_ones_own_latest(library: Store) -> None:
    decide(library, Decision("k1", 1, 0, "accept"))
    decide(library, Decision("k2", 1, 1, "skip"), "bob")
    assert isinstance(decide(library, Decision("k3", 1, 1, "undo", undoes="k1")), Conflict)
    with pytest.raises(Usage, match="decided on again since"):
        decide(library, Decision("k3", 1, 2, "undo", undoes="k1"))
    with pytest.raises(Usage, match="bob's"):
        decide(library, Decision("k3", 1, 2, "undo", undoes="k2"))
    with pytest.raises(Usage, match="has no decision 'k9'"):
        decide(library, Decision("k3", 1, 2, "undo", undoes="k9"))


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision("k", 1, 0, "edit", text=" \n"), "caption of clip 1 is empty"),
        (Decision("k", 1, 0, "reject"), "without a reason"),
        (Decision("k", 1, 0, "approve"), "known are accept, reject, skip, edit, revert, undo"),
        (Decision("k", 1, 0, "revert", revert_to=1), "in force already"),
        (Decision("k", 1, 0, "revert", revert_to=2), "no usable caption 2 to go back to"),
        (Decision("k", 1, 0, "revert"), "no usable caption None to go back to"),
        (Decision("k", 99, 0, "accept"), "no clip 99"),
        (Decision("k", 5, 0, "accept"), "no usable caption"),
        (Decision("k", 7, 0, "accept"), "no usable caption"),
        (Decision("used", 2, 0, "accept"), "already used"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(library: Store, decision: Decision, told: str) -> None:
    decide(library, Decision("used", 1, 0, "skip"))
    with pytest.raises(Usage, match=told):
        decide(library, decision)


def test_ten_reviewers_at_once_lose_nothing(store: Store) -> None:
    with store.write() as session:
        shared = [add_clip(session).id for _ in range(12)]
    answers: list[Decided | Conflict] = []
    failures: list[BaseException] = []

    def review(number: int) -> None:
        chance, actor = random.Random(number), f"person {number}"
        try:
            for turn in range(25):
                with store.read() as session:
                    clip = views.describe(session, [chance.choice(shared)])[0]
                action = chance.choice(("accept", "reject", "skip", "edit", "revert"))
                wish = Decision(
                    f"{number}-{turn}",
                    clip.id,
                    clip.version,
                    action,
                    "clip: cut inside",
                    f"{number}-{turn}",
                    clip.caption_id,
                    revert_to=clip.captions[0].id,
                )
                if action == "revert" and clip.caption_id == clip.captions[0].id:
                    wish = replace(wish, action="skip")
                answers.append(decide(store, wish, actor))
                claimed(store, actor, limit=2)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=review, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    kept = [answer for answer in answers if isinstance(answer, Decided)]
    assert len(answers) == 250
    with store.read() as session:
        assert session.scalar(select(func.sum(Clip.version))) == session.scalar(select(func.count(Event.id))) == len(kept)
        for clip_id in shared:
            versions = [event.detail["version"] for event in clips.history(session, clip_id)]
            assert versions == list(range(1, len(versions) + 1))
        edits = session.scalars(select(Event.key).where(Event.kind == "edit")).all()
        written = select(Caption.text).where(Caption.author == "person", Caption.text.contains("-"))
        assert sorted(edits) == sorted(session.scalars(written))
        links = select(Caption.parent_id, func.count()).where(Caption.author == "person").group_by(Caption.parent_id)
        assert all(parent for parent, _ in session.execute(links))
        reverts = session.scalar(select(func.count()).where(Event.kind == "revert"))
        assert session.scalar(select(func.count(Caption.id))) == len(shared) + len(edits) + (reverts or 0)

"""Who gets which clip to review, and how far the reviewing is."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import update

from db import reviews
from db.decisions import Decision
from db.filters import ClipFilter
from db.models import Clip, Event
from db.session import Store
from tests.support.reviewing import claimed, decide, eight_clips


@pytest.fixture
def library(store: Store) -> Store:
    return eight_clips(store)


def test_waiting_clips_are_handed_out_before_skipped_ones(library: Store) -> None:
    assert claimed(library, "ann") == [1, 2, 8, 3]


def test_a_lent_clip_comes_again_to_its_holder_only(library: Store) -> None:
    assert claimed(library, "ann", limit=2) == [1, 2]
    assert claimed(library, "bob", limit=2) == [8, 3]
    assert claimed(library, "ann", limit=2) == [1, 2]
    assert claimed(library, "ann", without=[1, 2]) == []
    with library.write() as session:
        session.execute(update(Clip).values(claimed_until=time.time() - 1))
    assert claimed(library, "bob") == [1, 2, 8, 3]


def test_what_is_at_hand_stays_lent_while_its_holder_asks(library: Store) -> None:
    claimed(library, "ann", limit=2)
    with library.write() as session:
        session.execute(update(Clip).where(Clip.claimed_by == "ann").values(claimed_until=time.time() + 1))
    assert claimed(library, "ann", limit=0, without=[1]) == []
    with library.read() as session:
        left = [session.get_one(Clip, clip_id).claimed_until for clip_id in (1, 2)]
    assert [until is not None and until > time.time() + 100 for until in left] == [True, False]


def test_a_claim_can_be_narrowed(library: Store) -> None:
    assert claimed(library, "ann", only=ClipFilter(text=("rabbit",))) == [8]


def test_progress_counts_what_can_be_reviewed_and_ones_own_pace_at_each_speed(library: Store) -> None:
    decide(library, Decision("k1", 1, 0, "accept", speed="triage"))
    decide(library, Decision("k2", 2, 0, "accept", speed="full"))
    decide(library, Decision("k3", 2, 1, "undo", undoes="k2", speed="full"))
    with library.read() as session:
        found = reviews.progress(session, "ann")
        assert (found.waiting, found.accepted, found.rejected, found.skipped) == (2, 1, 0, 1)
        assert found.per_hour == {"triage": 60, "full": 0}  # one decision, and less than a minute counts as one
        assert reviews.progress(session, "bob").per_hour == {}


def test_a_pause_counts_for_no_pace(library: Store) -> None:
    now = time.time()
    with library.write() as session:
        for at in (540, 500, 460, 60, 20):  # seconds ago; between the third and the fourth somebody had tea
            session.add(Event(key=str(at), at=now - at, actor="ann", kind="accept", clip_id=1, detail={"speed": "full"}))
    with library.read() as session:
        assert reviews.progress(session, "ann").per_hour == {"full": round(5 * 3600 / (3 * 40 + 60))}

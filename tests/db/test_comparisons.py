"""Votes: kept once, taken back exactly, and what they say of two captions."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from db import comparisons
from db.comparisons import Preference
from db.filters import ClipFilter
from db.models import Ballot, Caption, Duel, Event
from db.session import Store
from pipelines.errors import Usage
from tests.support.comparing import MODELS, choose, claim, clips_of, compared_clip, prefer


def duels(store: Store) -> list[tuple[int, int, float]]:
    with store.read() as session:
        return list(
            session.execute(
                select(Duel.first_id, Duel.second_id, Duel.share).order_by(Duel.first_id, Duel.second_id)
            ).tuples()
        )


def preferences(store: Store, **only: Any) -> list[Preference]:
    with store.read() as session:
        return list(comparisons.preferences(session, ClipFilter(**only)))


def test_a_pick_beats_every_other_column(store: Store) -> None:
    clips_of(store, 1, MODELS)
    (ballot,) = claim(store, "ann", width=3)
    prefer(store, "ann", ballot, MODELS[1])
    assert duels(store) == [(1, 2, 0.0), (2, 3, 1.0)]
    assert preferences(store) == [Preference(1, 2, 1, "ann"), Preference(1, 2, 3, "ann")]


@pytest.mark.parametrize("choice", [comparisons.EQUAL, comparisons.ALL_BAD])
def test_equal_and_all_bad_give_everybody_a_half_and_no_preference(store: Store, choice: int) -> None:
    clips_of(store, 1, MODELS)
    (ballot,) = claim(store, "ann", width=3)
    choose(store, "ann", ballot, choice)
    assert duels(store) == [(1, 2, 0.5), (1, 3, 0.5), (2, 3, 0.5)]
    assert preferences(store) == []


def test_the_same_words_are_equal_and_the_oldest_stands_for_them(store: Store) -> None:
    with store.write() as session:
        compared_clip(session, {"owl": "One.", "heron": "Two.", "sparrow": "One."})
    (ballot,) = claim(store, "ann", width=3)
    prefer(store, "ann", ballot, "heron")
    assert duels(store) == [(1, 2, 0.0), (1, 3, 0.5), (2, 3, 1.0)]
    assert preferences(store) == [Preference(1, 2, 1, "ann")]


def test_preferences_can_be_narrowed_to_clips(store: Store) -> None:
    clips_of(store, 2)
    for ballot in claim(store, "ann", limit=2):
        prefer(store, "ann", ballot, MODELS[0])
    assert sorted(one.clip_id for one in preferences(store)) == [1, 2]
    assert preferences(store, review=("accepted",)) == []


def test_a_vote_sent_again_changes_nothing(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    assert choose(store, "ann", ballot, 1) == choose(store, "ann", ballot, 1)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 1
    with pytest.raises(Usage, match="already used"):
        choose(store, "ann", ballot, 2)


def test_a_vote_is_taken_back_and_given_anew_but_not_blind(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    choose(store, "ann", ballot, 1)
    choose(store, "ann", ballot, None, version=1)
    assert duels(store) == []
    (again,) = claim(store, "ann")
    assert (again.id, again.version, again.blind) == (ballot.id, 2, False)
    assert [column.text for column in again.columns] == [column.text for column in ballot.columns]
    assert claim(store, "bob") == []  # it is still ann's
    choose(store, "ann", again, 2, version=2)
    assert len(duels(store)) == 1
    with store.read() as session:
        events = list(session.scalars(select(Event).order_by(Event.id)))
    assert [(one.kind, one.detail["version"], one.detail["choice"]) for one in events] == [
        ("vote", 1, 1),
        ("unvote", 2, None),
        ("vote", 3, 2),
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"choice": 3}, "shown with 2 captions"),
        ({"choice": -2}, "shown with 2 captions"),
        ({"choice": 1, "version": 4}, "in another place"),
        ({"choice": None}, "no vote on clip 1 to take back"),
    ],
)
def test_a_vote_that_makes_no_sense_changes_nothing(store: Store, how: dict[str, Any], said: str) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    with pytest.raises(Usage, match=said):
        choose(store, "ann", ballot, **how)
    assert duels(store) == []


def test_nobody_votes_for_somebody_else(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    with pytest.raises(Usage, match="of yours"):
        choose(store, "bob", ballot, 1)


def test_reasons_are_kept_and_others_refused(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    with store.write() as session:
        comparisons.vote(session, comparisons.Vote("key-1", ballot.id, 0, 1, ("camera", "reads better")), "ann")
    with store.read() as session:
        assert session.get_one(Ballot, ballot.id).reasons == ["camera", "reads better"]
    with pytest.raises(Usage, match="no reason"), store.write() as session:
        comparisons.vote(session, comparisons.Vote("key-2", ballot.id, 1, 1, ("pretty",)), "ann")


def test_progress_counts_votes_and_ones_own_pace(store: Store) -> None:
    clips_of(store, 3)
    for ballot in claim(store, "ann", limit=2):
        choose(store, "ann", ballot, 1)
    choose(store, "bob", claim(store, "bob")[0], 0)
    with store.read() as session:
        ann, cid = comparisons.progress(session, "ann"), comparisons.progress(session, "cid")
    assert (ann.mine, ann.all, ann.per_hour) == (2, 3, 120)
    assert (cid.mine, cid.all, cid.per_hour) == (0, 3, 0)


def test_ten_voters_at_once_lose_nothing_and_never_share_a_clip(store: Store) -> None:
    """Each takes a few, votes, takes one vote back and gives it anew, until nothing is left."""
    number = 60
    clips_of(store, number)
    held: dict[int, str] = {}
    shared: list[int] = []
    failed: list[BaseException] = []
    cast: list[str] = []

    def work(actor: str) -> None:
        try:
            while ballots := claim(store, actor, limit=3):
                for ballot in ballots:
                    shared.extend([ballot.clip.id] if held.setdefault(ballot.clip.id, actor) != actor else [])
                    choose(store, actor, ballot, ballot.clip.id % 2 + 1)
                    cast.append(actor)
                choose(store, actor, ballots[0], None, version=1)
                choose(store, actor, ballots[0], 0, version=2)
        except BaseException as error:
            failed.append(error)

    people = [threading.Thread(target=work, args=(f"person {n}",)) for n in range(10)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert failed == [] and shared == []
    assert len(cast) == number
    with store.read() as session:
        voted = list(session.scalars(select(Ballot).where(Ballot.choice.is_not(None))))
        events = session.scalar(select(func.count()).select_from(Event))
        assert session.scalar(select(func.count()).select_from(Caption)) == 2 * number
    assert len(voted) == len({ballot.clip_id for ballot in voted}) == number
    assert events == sum(ballot.version for ballot in voted)
    assert len(duels(store)) == number

"""What people are asked to compare next."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import update

from db import contestants, matches
from db.contestants import Grouping, Origin
from db.filters import ClipFilter
from db.matches import Asked
from db.models import Ballot, Caption, Clip
from db.session import Store
from tests.support.comparing import MODELS, choose, claim, clips_of, compared_clip, prefer, say
from tests.support.library import Made, add_clip


def found(
    store: Store, actor: str = "ann", *, limit: int = 50, without: tuple[int, ...] = (), **asked: object
) -> list[matches.Match]:
    with store.read() as session:
        return matches.find(session, actor, Asked(**asked), limit=limit, without=without)  # type: ignore[arg-type]


def model_id(model: str) -> str:
    return contestants.identify(Origin("machine", "", False, model, "", "", "", ""), Grouping.MODEL)


def test_clips_with_one_caption_or_with_the_same_words_twice_are_not_asked_for(store: Store) -> None:
    with store.write() as session:
        add_clip(session, Made("Alone."))
        compared_clip(session, {"owl": "The  same.", "heron": "The same."})
        wanted = compared_clip(session, {"owl": "One.", "heron": "Another."}).id
    assert [match.clip_id for match in found(store)] == [wanted]


def test_failed_captions_and_other_texts_do_not_stand_for_election(store: Store) -> None:
    with store.write() as session:
        clip = compared_clip(session, {"owl": "One."})
        say(session, clip, "cut off", model="heron", outcome="truncated")
        say(session, clip, "ball, table", model="heron", role="tags")
    assert found(store) == []


def test_of_a_contestant_the_latest_caption_counts(store: Store) -> None:
    with store.write() as session:
        clip = compared_clip(session, {"owl": "One.", "heron": "Two."})
        latest = say(session, clip, "Three.", model="owl")
    (match,) = found(store, by=Grouping.MODEL, width=6)
    assert {caption for column in match.columns for caption in column.captions} == {2, latest}


def test_the_same_words_share_a_column(store: Store) -> None:
    with store.write() as session:
        compared_clip(session, {"owl": "One.", "heron": "Two.", "sparrow": "One."})
    (match,) = found(store, width=3)
    assert [column.captions for column in match.columns] == [(1, 3), (2,)]


@pytest.mark.parametrize(("width", "columns"), [(2, 2), (3, 3), (6, 3)])
def test_as_many_columns_as_are_wanted_and_there_are(store: Store, width: int, columns: int) -> None:
    clips_of(store, 1, MODELS)
    (match,) = found(store, width=width)
    assert len(match.columns) == columns


def test_clips_and_contestants_can_be_chosen(store: Store) -> None:
    clips_of(store, 3, MODELS)
    with store.read() as session:
        first = session.get_one(Caption, 1).clip_id
    wanted = frozenset(map(model_id, MODELS[1:]))
    chosen = found(store, only=ClipFilter(text=("Clip 0",)), by=Grouping.MODEL, among=wanted, width=6)
    assert [(match.clip_id, len(match.columns)) for match in chosen] == [(first, 2)]
    assert {one for match in chosen for column in match.columns for one in column.contestants} == wanted


def test_pairs_of_which_least_is_known_come_first(store: Store) -> None:
    clips_of(store, 30, MODELS)
    for _ in range(9):  # nothing but the first two is ever voted on
        (ballot,) = claim(store, "bob", by=Grouping.MODEL, among=frozenset(map(model_id, MODELS[:2])))
        prefer(store, "bob", ballot, MODELS[0])
    asked = Counter(pair for match in found(store, limit=10, by=Grouping.MODEL) for pair in match.pairs())
    third = model_id(MODELS[2])
    assert sum(number for pair, number in asked.items() if third in pair) == 10
    assert sorted(asked.values()) == [5, 5]  # both of its opponents alike


def test_what_one_has_the_other_does_not_get(store: Store) -> None:
    clips_of(store, 4)
    mine, theirs = claim(store, "ann", limit=3), claim(store, "bob", limit=3)
    assert len(mine) == 3 and len(theirs) == 1
    assert not {one.clip.id for one in mine} & {one.clip.id for one in theirs}
    again = claim(store, "ann", limit=3)
    assert {one.id for one in again} == {one.id for one in mine}
    assert [one.columns for one in sorted(again, key=lambda one: one.id)] == [
        one.columns for one in sorted(mine, key=lambda one: one.id)
    ]


def test_a_lease_runs_out(store: Store) -> None:
    clips_of(store, 1)
    assert claim(store, "ann") and not claim(store, "bob")
    with store.write() as session:
        session.execute(update(Ballot).values(lent_until=0.0))
    assert claim(store, "bob")


def test_one_vote_a_match_unless_more_are_wanted(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    choose(store, "ann", ballot, 1)
    assert claim(store, "ann") == claim(store, "bob") == []
    assert claim(store, "ann", votes=2) == []  # not twice by the same person
    (second,) = claim(store, "bob", votes=2)
    assert claim(store, "cid", votes=2) == []  # two hold or have it
    choose(store, "bob", second, 1)
    assert claim(store, "cid", votes=2) == []
    assert claim(store, "cid", votes=3)


def test_what_was_begun_gets_its_second_vote_first(store: Store) -> None:
    clips_of(store, 8)
    (ballot,) = claim(store, "ann", votes=2)
    choose(store, "ann", ballot, 1)
    assert claim(store, "bob", votes=2)[0].clip.id == ballot.clip.id


def test_a_new_caption_opens_a_clip_again(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    choose(store, "ann", ballot, 1)
    with store.write() as session:
        say(session, session.get_one(Clip, ballot.clip.id), "New.")
    assert len(claim(store, "ann", width=3)[0].columns) == 3

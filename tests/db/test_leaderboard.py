"""Standings from votes of simulated people, whole and over slices of a library."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from db import leaderboard, tags
from db.comparisons import ALL_BAD, EQUAL
from db.contestants import Grouping
from db.duels import Slice
from db.leaderboard import Board, Standing, Wanted
from db.models import Caption
from db.session import Store
from tests.support.comparing import MODELS, choose, claim, clips_of, compared_clip, prefer, say
from tests.support.library import Made

STRONG, MIDDLE, WEAK = MODELS


def boards(store: Store, **wanted: object) -> list[Board]:
    with store.read() as session:
        return leaderboard.standings(session, Wanted(**{"by": Grouping.MODEL, **wanted}))  # type: ignore[arg-type]


def row(board: Board, model: str) -> Standing:
    return next(one for one in board.standings if one.contestant.label == model)


def vote_all(store: Store, chance: float, *, actor: str = "ann", **asked: object) -> int:
    """Vote on everything there is: of two the model named first in `MODELS` wins with this chance; how many votes."""
    rng = random.Random(1)
    ballots = claim(store, actor, limit=300, **asked)
    for ballot in ballots:
        with store.read() as session:
            models = set(
                session.scalars(select(Caption.model).where(Caption.text.in_([one.text for one in ballot.columns])))
            )
        ranked = sorted(models, key=MODELS.index)
        prefer(store, actor, ballot, ranked[0] if rng.random() < chance else ranked[1])
    return len(ballots)


def test_the_stronger_stand_higher(store: Store) -> None:
    clips_of(store, 150, MODELS)
    assert vote_all(store, 0.8, by=Grouping.MODEL) == 150
    (board,) = boards(store)
    assert [one.contestant.label for one in board.standings] == list(MODELS)
    assert (board.name, board.votes, board.clips, board.needed) == ("", 150, 150, 785)
    top, _, last = board.standings
    assert top.low < top.points < top.high and (top.best, last.worst) == (1, 3)
    assert top.low > last.high
    assert sum(one.points for one in board.standings) == pytest.approx(0)
    assert top.wins + top.losses == top.shown and top.share == pytest.approx(top.wins / top.shown)
    assert {pair.votes for pair in board.pairs} == {50}
    assert all(pair.needed is not None and pair.share > 0.5 for pair in board.pairs)


def test_votes_of_people_who_knew_the_names_do_not_count_unless_asked_for(store: Store) -> None:
    clips_of(store, 2)
    prefer(store, "ann", claim(store, "ann", blind=False)[0], STRONG)
    assert boards(store) == []
    assert boards(store, blind=False)[0].votes == 1


def test_ties_and_all_bad(store: Store) -> None:
    clips_of(store, 4)
    first, second, third, fourth = claim(store, "ann", limit=4)
    for ballot, choice in ((first, EQUAL), (second, ALL_BAD), (third, ALL_BAD)):
        choose(store, "ann", ballot, choice)
    prefer(store, "ann", fourth, STRONG)
    (board,) = boards(store)
    top = row(board, STRONG)
    assert (top.wins, top.ties, top.losses, top.share) == (1, 3, 0, 0.625)
    assert (top.shown, top.bad) == (4, 2)
    assert 0 < top.bad_low < 0.5 < top.bad_high < 1


def test_of_six_shown_at_once_each_is_counted_once_as_shown(store: Store) -> None:
    clips_of(store, 1, ("a", "b", "c", "d", "e", "f"))
    choose(store, "ann", claim(store, "ann", width=6)[0], ALL_BAD)
    (board,) = boards(store)
    assert {(one.shown, one.bad, one.ties) for one in board.standings} == {(1, 1, 5)}


def test_what_is_one_contestant_is_chosen_when_one_looks(store: Store) -> None:
    with store.write() as session:
        clip = compared_clip(session, {STRONG: "One.", MIDDLE: "Two."})
        say(session, clip, "Three.")
    choose(store, "ann", claim(store, "ann", width=3)[0], EQUAL)
    names = {
        by: {one.contestant.label for one in boards(store, by=by)[0].standings} for by in (Grouping.MODEL, Grouping.PERSON)
    }
    assert names == {Grouping.MODEL: {STRONG, MIDDLE, "ann"}, Grouping.PERSON: {"machines", "ann"}}
    assert boards(store, by=Grouping.PROMPT)[0].votes == 1  # the two machines are one now, and met ann


def test_length_that_decides_is_told_and_taken_out(store: Store) -> None:
    """The wordier caption wins nine times of ten, whoever wrote it; one model is mostly the wordier one."""
    rng = random.Random(3)
    with store.write() as session:
        for number in range(150):
            short, long = (
                f"Clip {number}.",
                f"Clip {number}, of which much more is said in twice or three times as many words.",
            )
            wordy = rng.random() < 0.8
            compared_clip(session, {STRONG: long if wordy else short, MIDDLE: short if wordy else long})
    for ballot in claim(store, "ann", limit=150):
        longer = max((1, 2), key=lambda column: len(ballot.columns[column - 1].text))
        by_length = random.Random(ballot.clip.id).random() < 0.9  # of the clip: the order of ballots is drawn anew each time
        choose(store, "ann", ballot, longer if by_length else 3 - longer)
    (plain,), (fair,) = boards(store, equal_length=False), boards(store)
    assert plain.twice_as_long is None and plain.standings[0].low > 0
    assert fair.twice_as_long is not None and fair.twice_as_long > 0.6
    assert fair.standings[0].points < plain.standings[0].points / 2
    assert fair.standings[0].low < 0 < fair.standings[0].high


def test_slices(store: Store) -> None:
    with store.write() as session:
        for number, motion in enumerate((0.0, 0.01, 0.2, None)):
            words = {STRONG: f"{number}", MIDDLE: f"{number}: " + "x" * 200 * number}
            clip = compared_clip(session, words, Made(None, scores={"motion": motion}))
            tags.add(session, [clip.id], "night" if number else "day", by="ann")
            tags.add(session, [clip.id], "all", by="ann")
    for actor in ("ann", "bob"):
        for ballot in claim(store, actor, limit=4 if actor == "ann" else 1, votes=2):
            prefer(store, actor, ballot, STRONG)

    def votes(split: Slice) -> dict[str, int]:
        return {board.name: board.votes for board in boards(store, split=split)}

    assert votes(Slice.PERSON) == {"ann": 4, "bob": 1}
    assert set(votes(Slice.TAG)) == {"all", "night", "day"} and votes(Slice.TAG)["all"] == 5
    assert set(votes(Slice.MOTION)) == {
        "nothing moves, below 0.002", "some moves, 0.002 to 0.05", "much moves, 0.05 and above", "motion not measured",
    }  # fmt: skip
    assert set(votes(Slice.LENGTH)) == {
        "short, under 200 characters", "medium, 200 to 500 characters", "long, 500 characters and more",
    }  # fmt: skip
    assert sum(votes(Slice.LENGTH).values()) == 5


def test_who_could_be_compared_is_known_with_the_number_of_clips(store: Store) -> None:
    clips_of(store, 3, MODELS[:2])
    clips_of(store, 2, MODELS[:1])
    with store.read() as session:
        known = leaderboard.known(session, Grouping.MODEL)
    assert [(one.label, number) for one, number in known] == [(STRONG, 5), (MIDDLE, 3)]

"""What is laid before people: words in an order drawn for each, and nobody's name before the vote."""

from __future__ import annotations

import json
import random
from dataclasses import asdict

from sqlalchemy import select

from db.contestants import Grouping
from db.models import Ballot, Caption
from db.session import Store
from tests.support.comparing import MODELS, choose, claim, clips_of, compared_clip


def test_a_blind_ballot_holds_words_and_nothing_that_tells_whose(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann")
    assert ballot.blind
    told = json.dumps(asdict(ballot))
    assert not [name for name in (*MODELS, "vlm", "caption") if name in told]
    assert {column.by for column in ballot.columns} == {()}


def test_an_open_ballot_names_everybody(store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(store, "ann", blind=False, by=Grouping.MODEL)
    assert {one.label for column in ballot.columns for one in column.by} == set(MODELS[:2])


def test_who_saw_the_names_is_not_blind_any_more(store: Store) -> None:
    clips_of(store, 1)
    claim(store, "ann", blind=False)
    (again,) = claim(store, "ann", blind=True)
    assert not again.blind


def test_the_order_is_drawn_for_each_person_and_can_be_drawn_again(store: Store) -> None:
    clips_of(store, 40, MODELS)
    for actor in ("ann", "bob"):
        claim(store, actor, limit=40, votes=2, width=3)
    with store.read() as session:
        ballots = list(session.scalars(select(Ballot)))
    orders: dict[str, dict[int, list[int]]] = {"ann": {}, "bob": {}}
    for ballot in ballots:
        slots = [[int(one)] for one in ballot.match.split(",")]
        random.Random(ballot.seed).shuffle(slots)
        assert ballot.slots == slots
        orders[ballot.actor][ballot.clip_id] = [slots.index([one]) for one in sorted(one for (one,) in slots)]
    assert len(orders["ann"]) == len(orders["bob"]) == 40
    assert len({tuple(order) for order in orders["ann"].values()}) == 6  # every order there is
    assert orders["ann"] != orders["bob"]
    assert len({ballot.seed for ballot in ballots}) == 80


def test_names_after_the_vote_are_those_of_the_columns(store: Store) -> None:
    with store.write() as session:
        compared_clip(session, {"owl": "One.", "heron": "Two.", "sparrow": "One."})
    (ballot,) = claim(store, "ann", width=3)
    voted = choose(store, "ann", ballot, 1)
    with store.read() as session:
        models = dict(session.execute(select(Caption.model, Caption.text)).tuples().all())
    for column, by in zip(ballot.columns, voted.by, strict=True):
        assert {one.label for one in by} == {model for model, text in models.items() if text == column.text}

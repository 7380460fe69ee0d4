"""Second looks: who gets them, that nothing tells them apart, and that they change nothing."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from sqlalchemy import select

from db import decisions, opinions, reviews, tags, verdicts
from db.decisions import Decision
from db.filters import parse_where
from db.models import Clip, Opinion, Sample
from db.sampling import Wish
from db.session import Store
from db.views import ClipView
from pipelines.errors import Usage
from tests.support.library import Made, add_clip
from tests.support.lots import add_lot, card, drawn, sampled


def given(store: Store, who: str, *where: str, limit: int = 12) -> list[ClipView]:
    """What the desk of `who` gets."""
    only = parse_where(where)
    with store.write() as session:
        lent = reviews.claim(session, who, limit=limit, only=only)
        return opinions.mixed_in(session, who, lent, limit=limit, only=only)


def press(store: Store, who: str, view: ClipView, action: str, **more: str) -> decisions.Decided | decisions.Conflict:
    """A decision on a clip as the desk got it."""
    wish = Decision(
        more.pop("key", f"{who} {action} {view.id}"), view.id, view.version, action, caption_id=view.caption_id, **more
    )
    with store.write() as session:
        answer = opinions.decide(session, wish, who) or decisions.decide(session, wish, who)
        opinions.watch(session, wish, answer, who)
    return answer


@pytest.fixture
def twice(store: Store) -> Store:
    """Three clips, every one of which is looked at twice."""
    add_lot(store, 3)
    with store.write() as session:
        opinions.set_share(session, 1.0, by="lea", key="key-of-share")
    return store


def test_the_share_is_what_was_set_last(store: Store) -> None:
    with store.write() as session:
        assert opinions.share(session) == 0.0
        for share, key in ((0.2, "one-key"), (0.1, "two-key"), (0.5, "one-key")):
            opinions.set_share(session, share, by="lea", key=key)
        assert opinions.share(session) == 0.1
        with pytest.raises(Usage, match="between 0 and 1"):
            opinions.set_share(session, 1.5, by="lea", key="three-key")


def test_as_many_clips_are_chosen_as_asked_for() -> None:
    keys = [f"{number:032x}" for number in range(4000)]
    assert sum(opinions.chosen(key, 0.1) for key in keys) == pytest.approx(400, abs=60)
    assert all(opinions.chosen(key, 0.2) for key in keys if opinions.chosen(key, 0.1))


def test_a_second_look_is_blind_and_changes_nothing(twice: Store) -> None:
    first = given(twice, "ann")[0]
    press(twice, "ann", first, "reject", reason="caption: invents something")
    assert not [view for view in given(twice, "ann") if view.id == first.id]  # not the same person again
    (again,) = [view for view in given(twice, "bob") if view.id == first.id]
    assert again == first
    assert press(twice, "bob", again, "accept") == press(twice, "bob", again, "accept")
    with twice.read() as session:
        assert session.get_one(Clip, first.id).review == "rejected"
        said = session.execute(select(Opinion.kind, Opinion.person, Opinion.decision).order_by(Opinion.id)).tuples().all()
    assert said == [("first", "ann", "reject"), ("second", "bob", "accept")]
    assert first.id not in [view.id for view in given(twice, "cleo")]  # two are enough


def test_an_edit_comes_to_the_second_as_it_was_before(twice: Store) -> None:
    first = given(twice, "ann")[0]
    press(twice, "ann", first, "edit", text="A ball rolls off a table.")
    (again,) = [view for view in given(twice, "bob") if view.id == first.id]
    assert "off a table" not in json.dumps(asdict(again))
    assert again == first


def test_undoing_a_second_look_brings_it_back(twice: Store) -> None:
    first = given(twice, "ann")[0]
    press(twice, "ann", first, "accept")
    (again,) = [view for view in given(twice, "bob") if view.id == first.id]
    press(twice, "bob", again, "reject", reason="clip: cut inside", key="key-of-bob")
    with twice.write() as session:
        wish = Decision("key-of-undo", first.id, again.version + 1, "undo", undoes="key-of-bob")
        answer = opinions.decide(session, wish, "bob")
    assert answer is not None and (answer.version, answer.standing.review) == (2, "waiting")
    with twice.read() as session:
        assert session.scalar(select(Opinion.decision).where(Opinion.person == "bob")) is None
    (back,) = [view for view in given(twice, "bob") if view.id == first.id]
    press(twice, "bob", back, "accept", key="another-key")
    with twice.read() as session:
        assert session.scalar(select(Opinion.decision).where(Opinion.person == "bob")) == "accept"


def test_a_decision_taken_back_is_not_looked_at_again(twice: Store) -> None:
    first = given(twice, "ann")[0]
    press(twice, "ann", first, "accept", key="key-of-ann")
    with twice.write() as session:
        wish = Decision("key-of-undo", first.id, 1, "undo", undoes="key-of-ann")
        opinions.watch(session, wish, decisions.decide(session, wish, "ann"), "ann")
        assert session.scalar(select(Opinion.id)) is None


def test_without_a_share_nobody_is_asked_twice(store: Store) -> None:
    add_lot(store, 2)
    press(store, "ann", given(store, "ann", limit=1)[0], "accept")
    assert [view.id for view in given(store, "bob")] == [2]


@pytest.fixture
def gold(store: Store) -> tuple[Store, int]:
    """A spot check of twelve clips with four known ones hidden among them; ten known ones to choose from."""
    add_lot(store, 40)
    with store.write() as session:
        known = [add_clip(session, Made(review=review)).id for review in ("accepted", "rejected") * 5]
        tags.add(session, known, "gold", by="lea")
    return store, drawn(store, Wish(limit=0.2, gold=4))


def test_known_clips_hide_among_those_of_the_sample(gold: tuple[Store, int]) -> None:
    store, lot = gold
    lent = given(store, "ann", f"sample={lot}")
    hidden = [view for view in lent if view.id not in sampled(store, lot)]
    assert (len(lent), len(hidden)) == (14, 2)
    assert {(view.review, view.version, view.reviewed_by) for view in lent} == {("waiting", 0, None)}
    for view in hidden:
        press(store, "ann", view, "accept")
    assert {view.id for view in given(store, "ann", f"sample={lot}")}.isdisjoint(view.id for view in hidden)


def test_how_reviewers_do_on_known_clips_stands_on_the_card(gold: tuple[Store, int]) -> None:
    store, lot = gold
    while lent := given(store, "ann", f"sample={lot}"):
        for view in lent:
            press(store, "ann", view, "accept")
    eye = card(store, lot).eye
    assert (eye.bad, eye.bad_found, eye.good, eye.good_passed) == (2, 0, 2, 2)
    assert not card(store, lot).eye_known
    with store.read() as session:
        assert verdicts.card(session, session.get_one(Sample, lot)).seen == 12

"""Spot checks: lots that are drawn, looked at, accepted, rejected and taken back."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from db import clips, exports, spotchecks, verdicts
from db.filters import parse_where
from db.models import Clip, LotClip, Sample, SampleItem
from db.sampling import Wish
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip
from tests.support.lots import SEED, add_lot, card, drawn, judge, reviews, sampled, say

HALF = Wish(limit=0.2)
"""For forty clips: look at eleven, none of them bad."""


@pytest.fixture
def lot(store: Store) -> Store:
    """Forty clips that wait, 1 to 40, and some that are in no lot."""
    add_lot(store, 40)
    with store.write() as session:
        for made in (Made(verdict="dropped"), Made(review="accepted"), Made(None), Made(review="skipped")):
            add_clip(session, made)
    return store


def accept(store: Store, lot: int, key: str = "key-of-accept") -> int:
    with store.write() as session:
        return spotchecks.accept(session, lot, by="lea", key=key)


def test_a_sample_is_drawn_once_and_remembers_how(lot: Store) -> None:
    number = drawn(lot, HALF)
    assert drawn(lot, HALF) == number  # the same key again
    with lot.read() as session:
        sample = session.get_one(Sample, number)
        items = session.scalars(select(SampleItem).order_by(SampleItem.position)).all()
        members = set(session.scalars(select(LotClip.clip_id)))
    assert (sample.seed, sample.lot_size, sample.size, sample.allowed) == (SEED, 40, 12, 0)
    assert members == set(range(1, 41))
    assert {item.probability for item in items} == {12 / 40}
    assert len({item.clip_id for item in items}) == 12


def test_a_clip_is_in_one_open_lot_at_a_time(lot: Store) -> None:
    drawn(lot, HALF)
    with pytest.raises(Usage, match="no clip waits"):
        drawn(lot, HALF, key="another-key")
    add_lot(lot, 5)
    assert len(sampled(lot, drawn(lot, Wish(limit=0.9), key="another-key"))) <= 5


def test_the_sample_is_found_by_the_filter_that_review_takes(lot: Store) -> None:
    number = drawn(lot, HALF)
    with lot.read() as session:
        assert set(clips.ids(session, parse_where([f"sample={number}"]))) == set(sampled(lot, number))
        assert clips.count(session, parse_where([f"lot={number}"])) == 40


def test_a_lot_passes_and_what_nobody_saw_is_accepted_apart(lot: Store) -> None:
    number = drawn(lot, HALF)
    with pytest.raises(Usage, match="has not passed"):
        accept(lot, number)
    judge(lot, sampled(lot, number))
    found = card(lot, number)
    assert (found.state, found.seen, found.bad) == ("passed", 12, 0)
    assert found.upper < 0.2
    assert accept(lot, number) == accept(lot, number) == 28
    counts = Counter(reviews(lot).values())
    assert (counts["accepted_lot"], counts["accepted"], counts["waiting"]) == (28, 13, 2)
    with lot.read() as session:
        assert clips.tallies(session)["review"]["accepted_lot"] == 28
        assert clips.count(session, parse_where(["review=accepted_lot"])) == 28
        assert [exports.count(session, which) for which in ("accepted", "accepted_lot")] == [13, 41]
        sample = session.get_one(Sample, number)
        assert (sample.state, sample.verdict["seen"], sample.decided_by) == ("accepted", 12, "lea")
    unseen = next(clip_id for clip_id, review in reviews(lot).items() if review == "accepted_lot")
    with lot.read() as session:
        assert [(one.kind, one.actor) for one in clips.history(session, unseen)] == [
            ("lot_drawn", "ann"),
            ("lot_accepted", "lea"),
        ]


def test_one_bad_clip_too_many_fails_at_once_and_the_rest_waits_with_a_note(lot: Store) -> None:
    number = drawn(lot, HALF)
    first = sampled(lot, number)[:3]
    judge(lot, first, bad=lambda clip_id: clip_id == first[2])
    assert card(lot, number).state == "failed"
    with pytest.raises(Usage, match="has not passed"):
        accept(lot, number)
    with lot.write() as session:
        for _ in range(2):
            spotchecks.reject(session, number, by="lea", key="key-of-reject", note="captions invent people")
    assert Counter(reviews(lot).values())["waiting"] == 39
    with lot.read() as session:
        told = clips.history(session, 40 if 40 not in first else 39)
        assert told[-1].detail["note"] == "captions invent people"
    assert drawn(lot, HALF, key="another-key") != number  # and may be drawn from again


def test_an_accepted_lot_is_taken_back_save_what_people_decided_since(lot: Store) -> None:
    number = drawn(lot, HALF)
    judge(lot, sampled(lot, number))
    accept(lot, number)
    one, other = [clip_id for clip_id, review in reviews(lot).items() if review == "accepted_lot"][:2]
    with lot.write() as session:
        say(session, one, "reject", who="bob")
        say(session, other, "accept", who="bob")
    with lot.write() as session:
        assert [spotchecks.take_back(session, number, by="lea", key="key-of-back") for _ in range(2)] == [26, 26]
    found = reviews(lot)
    assert (found[one], found[other], Counter(found.values())["accepted_lot"]) == ("rejected", "accepted", 0)
    with lot.read() as session:
        assert session.get_one(Sample, number).state == "taken_back"
    with pytest.raises(Usage, match="nothing to take back"), lot.write() as session:
        spotchecks.take_back(session, number, by="lea", key="another-key")


def test_who_has_a_clip_on_the_screen_learns_that_its_lot_was_accepted(lot: Store) -> None:
    number = drawn(lot, HALF)
    judge(lot, sampled(lot, number))
    unseen = next(clip_id for clip_id in range(1, 41) if clip_id not in sampled(lot, number))
    accept(lot, number)
    with lot.read() as session:
        assert session.get_one(Clip, unseen).version == 1


def test_a_clip_with_another_caption_is_no_longer_what_was_sampled(lot: Store) -> None:
    number = drawn(lot, HALF)
    inside = sampled(lot, number)
    outside = next(clip_id for clip_id in range(1, 41) if clip_id not in inside)
    with lot.write() as session:
        for clip_id in (inside[0], outside):
            session.get_one(Clip, clip_id).caption_id = session.get_one(Clip, 42).caption_id
    judge(lot, inside[1:])
    found = card(lot, number)
    assert (found.gone, found.seen, found.lot) == (1, 11, 39)
    assert found.state == ("passed" if found.upper < 0.2 else "failed")
    if found.state == "passed":
        assert accept(lot, number) == 27
    assert reviews(lot)[outside] == "waiting"


@pytest.mark.parametrize(("strict", "state"), [(True, "failed"), (False, "passed")])
def test_an_edit_counts_as_bad_unless_asked_otherwise(lot: Store, strict: bool, state: str) -> None:
    number = drawn(lot, Wish(limit=0.2, edits_are_bad=strict))
    first, *rest = sampled(lot, number)
    judge(lot, rest)
    with lot.write() as session:
        say(session, first, "edit", text="A ball rolls off a table.")
    found = card(lot, number)
    assert (found.state, found.edited, found.bad) == (state, 1, int(strict))


def test_skipped_clips_hold_the_verdict_up(lot: Store) -> None:
    number = drawn(lot, HALF)
    first, *rest = sampled(lot, number)
    judge(lot, rest)
    with lot.write() as session:
        say(session, first, "skip")
    found = card(lot, number)
    assert (found.state, found.unsure, found.seen) == ("open", 1, 11)


def test_a_sequential_check_stops_early_and_follows_the_order_drawn(store: Store) -> None:
    add_lot(store, 300)
    wish = Wish(sequential=True, limit=0.2, good=0.02)
    number = drawn(store, wish)
    order = sampled(store, number)
    judge(store, order[1:6])
    assert card(store, number).seen == 0  # the first has no answer yet
    judge(store, order[:1])
    assert (found := card(store, number)).seen == 6 and found.state == "open" and found.path == (0,) * 6
    with store.read() as session:
        ready = set(clips.ids(session, parse_where([f"sample={number}", "review=waiting"])))
    assert ready == set(order[6:30])  # a few ahead of those decided, no more
    judge(store, order[6:20])
    found = card(store, number)
    assert (found.state, found.bad) == ("passed", 0) and found.seen < 20
    accept(store, number)
    assert Counter(reviews(store).values())["accepted_lot"] == 280


def test_a_weighted_sample_is_judged_by_its_bound(store: Store) -> None:
    for value in range(200):
        add_lot(store, 1, made=Made(scores={"motion": value / 200, "text": 0.0}))
    number = drawn(store, Wish(design="risk", by="motion", limit=0.1))
    order = sampled(store, number)
    assert sum(clip_id <= 100 for clip_id in order) > sum(clip_id > 100 for clip_id in order)
    judge(store, order, bad=lambda clip_id: clip_id == max(order))
    found = card(store, number)
    assert found.state == "failed" and found.share > 1 / len(order)  # it stands for many


def test_strata_are_told_and_each_is_looked_into(store: Store) -> None:
    for name in ("cogvlm", "qwen"):
        with store.write() as session:
            for _ in range(60):
                clip = add_clip(session)
                assert clip.caption is not None
                clip.caption.model = name
    number = drawn(store, Wish(design="stratified", by="model", limit=0.2))
    with store.read() as session:
        strata = Counter(item.stratum for item in verdicts.items(session, number))
    assert abs(strata["cogvlm"] - strata["qwen"]) <= 1 and min(strata.values()) >= 7
    judge(store, sampled(store, number))
    assert card(store, number).state == "passed"


@pytest.mark.parametrize(
    "wish",
    [
        Wish(design="all"),
        Wish(limit=0.0),
        Wish(confidence=1.0),
        Wish(design="stratified", by="colour"),
        Wish(design="risk"),
        Wish(sequential=True, good=0.05),
        Wish(where=("nonsense",)),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(lot: Store, wish: Wish) -> None:
    with pytest.raises(Usage):
        drawn(lot, wish)

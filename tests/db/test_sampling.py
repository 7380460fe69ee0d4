"""What a plan would ask for, before anything is drawn."""

from __future__ import annotations

import pytest

from db import sampling
from db.sampling import Outlook, Wish
from db.session import Store
from tests.support.lots import add_lot


def outlook(store: Store, wish: Wish) -> Outlook:
    with store.read() as session:
        return sampling.outlook(session, wish)


def test_an_empty_selection_asks_for_nothing(store: Store) -> None:
    assert outlook(store, Wish()) == Outlook(0, 0, 0, 0, (), {})


def test_what_is_promised_stands_on_the_curve(store: Store) -> None:
    add_lot(store, 120)
    found = outlook(store, Wish(limit=0.1))
    assert (found.lot, found.allowed, found.earliest) == (120, 0, found.size)
    assert found.curve[0][:2] == (0.0, 1.0)
    at_limit = min(found.curve, key=lambda point: abs(point[0] - 0.1))
    assert at_limit[1] == pytest.approx(0.05, abs=0.02)
    assert outlook(store, Wish(limit=0.1, allowed=1)).size > found.size


def test_a_sequential_plan_may_end_early_and_looks_at_fewer_on_average(store: Store) -> None:
    add_lot(store, 120)
    found = outlook(store, Wish(limit=0.2, good=0.02, sequential=True))
    assert found.earliest < found.size
    assert found.curve[0][2] == found.earliest  # nothing bad: it passes at the soonest


def test_weights_cost_clips_and_strata_are_named(store: Store) -> None:
    add_lot(store, 120)
    plain = outlook(store, Wish(limit=0.2))
    assert outlook(store, Wish(limit=0.2, design="risk", by="motion")).size >= plain.size
    assert set(outlook(store, Wish(limit=0.2, design="stratified", by="run")).strata) == {"no run"}

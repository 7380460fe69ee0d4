"""Saved views: mine, everybody's, and nobody else's."""

from __future__ import annotations

import pytest

from db import saved
from db.session import Store
from pipelines.errors import Usage


def names(store: Store, person: str) -> list[str]:
    with store.read() as session:
        return [view.name for view in saved.seen_by(session, person)]


def test_a_view_is_ones_own_until_it_is_shared(store: Store) -> None:
    with store.write() as session:
        mine = saved.save(session, " Risky  ones ", by="ana", where=["motion>1"], sort="newest", shared=False)
        saved.save(session, "All", by="bo", where=[], sort="oldest", shared=True)
    assert (names(store, "ana"), names(store, "bo")) == (["All", "Risky ones"], ["All"])
    with store.write() as session:
        again = saved.save(session, "Risky ones", by="ana", where=["motion>2"], sort="-motion", shared=True)
    assert (again.id, again.where, again.sort) == (mine.id, ("motion>2",), "-motion")
    assert names(store, "bo") == ["All", "Risky ones"]


def test_nobody_takes_away_what_is_not_theirs(store: Store) -> None:
    with store.write() as session:
        view = saved.save(session, "Risky", by="ana", where=[], sort="newest", shared=True)
    with pytest.raises(Usage, match="of yours"), store.write() as session:
        saved.forget(session, view.id, by="bo")
    with store.write() as session:
        saved.forget(session, view.id, by="bo", any_owner=True)
    assert names(store, "ana") == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_view_needs_a_name(store: Store, name: str) -> None:
    with pytest.raises(Usage, match="needs a name"), store.write() as session:
        saved.save(session, name, by="ana", where=[], sort="newest", shared=False)

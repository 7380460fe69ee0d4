"""Tokens open what their scope says, and only a hash of them is kept."""

from __future__ import annotations

import pytest

from db import tokens, users
from db.models import Token
from db.session import Store
from pipelines.errors import Usage


def test_only_its_text_opens(store: Store) -> None:
    with store.write() as session:
        users.add(session, "lin", "open sesame", "lead")
        text = tokens.add(session, "notebook", scope="read", user="lin")
    with store.read() as session:
        found = tokens.holder(session, text)
        assert found and (found.user, found.role, found.scope) == ("lin", "lead", "read")
        assert tokens.holder(session, text + "x") is None and tokens.holder(session, "") is None
        (row,) = session.query(Token)
        assert text not in row.digest and len(row.digest) == 64
        assert tokens.names(session) == [("notebook", "lin", "read")]


def test_one_that_was_removed_opens_nothing(store: Store) -> None:
    with store.write() as session:
        text = tokens.add(session, "local", scope="write")
        tokens.remove(session, "local")
        assert tokens.holder(session, text) is None
        with pytest.raises(Usage, match="no token local"):
            tokens.remove(session, "local")


@pytest.mark.parametrize(
    ("name", "scope", "user", "says"),
    [
        ("a b", "read", None, "no name for a token"),
        ("taken", "read", None, "already a token"),
        ("x", "everything", None, "known: read, write, caption"),
        ("x", "read", "ghost", "no account ghost"),
    ],
)
def test_odd_ones_are_refused(store: Store, name: str, scope: str, user: str | None, says: str) -> None:
    with store.write() as session:
        tokens.add(session, "taken", scope="read")
    with pytest.raises(Usage, match=says), store.write() as session:
        tokens.add(session, name, scope=scope, user=user)

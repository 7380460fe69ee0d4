"""Accounts in the database."""

from __future__ import annotations

import pytest

from db import users
from db.session import Store
from pipelines.errors import Usage


def test_only_the_right_password_opens(store: Store) -> None:
    with store.write() as session:
        users.add(session, "lin", "open sesame", "lead")
    with store.read() as session:
        found = users.check(session, "lin", "open sesame")
        assert found and (found.name, found.role) == ("lin", "lead")
        assert found.password_hash.startswith("$argon2id$")
        assert users.check(session, "lin", "Open sesame") is None
        assert users.check(session, "nobody", "open sesame") is None


@pytest.mark.parametrize(
    "name, password, role, says",
    [
        ("lin", "open sesame", "reviewer", "already an account"),
        ("a b", "open sesame", "reviewer", "no name for an account"),
        ("", "open sesame", "reviewer", "no name for an account"),
        ("bo", "short", "reviewer", "too short"),
        ("bo", "open sesame", "king", "known: viewer, reviewer, lead, admin"),
    ],
)
def test_what_makes_no_account(store: Store, name: str, password: str, role: str, says: str) -> None:
    with store.write() as session:
        users.add(session, "lin", "open sesame")
    with pytest.raises(Usage, match=says), store.write() as session:
        users.add(session, name, password, role)
    with store.read() as session:
        assert users.names(session) == ["lin"]


def test_a_studio_knows_whether_it_has_accounts(store: Store) -> None:
    with store.write() as session:
        assert not users.any_account(session)
        users.add(session, "lin", "open sesame")
        assert users.any_account(session)

"""Accounts and signed-in browsers. Passwords are kept as argon2id hashes, cookies as SHA-256 of their token."""

from __future__ import annotations

import hashlib
import re
import time

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.models import Login, User
from pipelines.errors import Usage

ROLES = ("viewer", "reviewer", "lead", "admin")
SHORTEST = 8
"""Characters of a password."""
IDLE_S, WHOLE_S = 12 * 3600, 7 * 24 * 3600
"""A login ends after this long unused, and after this long whatever happens."""

HASHER = PasswordHasher()  # argon2id with the library's own costs, some 50 ms
NOBODY = HASHER.hash("nobody has this password")  # verified for unknown names, so that time tells nothing


def add(session: Session, name: str, password: str, role: str = "reviewer") -> User:
    """Make an account. Raises `Usage` for a name that is taken or odd, a short password, or an unknown role."""
    if not re.fullmatch(r"[\w.@+-]{1,64}", name):
        raise Usage(f"{name!r} is no name for an account; use up to 64 letters, digits or . @ + - _")
    if len(password) < SHORTEST:
        raise Usage(f"the password of {name} is too short; use at least {SHORTEST} characters")
    if role not in ROLES:
        raise Usage(f"there is no role {role!r}; known: {', '.join(ROLES)}")
    if _by_name(session, name):
        raise Usage(f"there is already an account {name}; choose another name")
    user = User(name=name, password_hash=HASHER.hash(password), role=role, created_at=time.time())
    session.add(user)
    session.flush()
    return user


def names(session: Session) -> list[str]:
    """Every account's name, in order."""
    return list(session.scalars(select(User.name).order_by(User.name)))


def any_account(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(User)))


def check(session: Session, name: str, password: str) -> User | None:
    """The account, when the password is right. Takes as long for a name that does not exist; run it in a thread."""
    user = _by_name(session, name)
    try:
        HASHER.verify(user.password_hash if user else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return user


def open_login(session: Session, user: User, token: str) -> None:
    """Remember a signed-in browser, and forget those that have run out."""
    now = time.time()
    session.execute(delete(Login).where((Login.seen_at < now - IDLE_S) | (Login.created_at < now - WHOLE_S)))
    session.add(Login(token_hash=_digest(token), user_id=user.id, created_at=now, seen_at=now))


def signed_in(session: Session, token: str) -> User | None:
    """Whose browser holds this token, unless its login has run out."""
    now = time.time()
    return session.scalar(
        select(User)
        .join(Login, Login.user_id == User.id)
        .where(Login.token_hash == _digest(token), Login.seen_at >= now - IDLE_S, Login.created_at >= now - WHOLE_S)
    )


def seen(session: Session, token: str) -> None:
    """The browser was used just now."""
    login = session.get(Login, _digest(token))
    if login:
        login.seen_at = time.time()


def close_login(session: Session, token: str) -> None:
    """Sign a browser out; a token that is unknown changes nothing."""
    session.execute(delete(Login).where(Login.token_hash == _digest(token)))


def _by_name(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.name == name))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

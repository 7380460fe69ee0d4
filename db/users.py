"""Accounts and signed-in browsers. Passwords are kept as argon2id hashes, cookies as SHA-256 of their token."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from db.models import Invitation, Login, User
from pipelines.errors import Usage

ROLES = ("viewer", "reviewer", "lead", "admin")
SHORTEST = 8
"""Characters of a password."""
INVITED_S = 7 * 24 * 3600
IDLE_S, WHOLE_S = 12 * 3600, 7 * 24 * 3600
"""A login ends after this long unused, and after this long whatever happens."""

HASHER = PasswordHasher()  # argon2id with the library's own costs, some 50 ms


@cache
def _nobody() -> str:
    """A hash that is verified for unknown names, so that time tells nothing."""
    return HASHER.hash("nobody has this password")


def add(session: Session, name: str, password: str, role: str = "reviewer") -> User:
    """Make an account. Raises `Usage` for a name that is taken or odd, a short password, or an unknown role."""
    if not re.fullmatch(r"[\w.@+-]{1,64}", name):
        raise Usage(f"{name!r} is no name for an account; use up to 64 letters, digits or . @ + - _")
    _must_be_long(name, password)
    if role not in ROLES:
        raise Usage(f"there is no role {role!r}; known: {', '.join(ROLES)}")
    if _by_name(session, name):
        raise Usage(f"there is already an account {name}; choose another name")
    user = User(name=name, password_hash=HASHER.hash(password), role=role, created_at=time.time())
    session.add(user)
    session.flush()
    return user


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    name: str
    role: str
    created_at: float
    browsers: int
    """Signed in at present."""
    seen_at: float | None


def accounts(session: Session) -> list[Account]:
    """Everybody, by name."""
    open_ = and_(Login.user_id == User.id, Login.seen_at >= time.time() - IDLE_S)
    query = select(User.name, User.role, User.created_at, func.count(Login.token_hash), func.max(Login.seen_at))
    rows = session.execute(query.outerjoin(Login, open_).group_by(User.id).order_by(User.name))
    return [Account(*row) for row in rows.tuples()]


def set_role(session: Session, name: str, role: str) -> None:
    """What somebody may do from now on. One admin must stay."""
    if role not in ROLES:
        raise Usage(f"there is no role {role!r}; known: {', '.join(ROLES)}")
    user = _known(session, name)
    if user.role == "admin" and role != "admin":
        _another_admin(session, name)
    user.role = role


def set_password(session: Session, name: str, password: str) -> None:
    """A new password; whoever is signed in with the old one is signed out."""
    _must_be_long(name, password)
    _known(session, name).password_hash = HASHER.hash(password)
    sign_out_everywhere(session, name)


def sign_out_everywhere(session: Session, name: str) -> None:
    session.execute(delete(Login).where(Login.user_id == _known(session, name).id))


def remove(session: Session, name: str) -> None:
    """Take an account away; what was done under its name stays. One admin must stay."""
    user = _known(session, name)
    if user.role == "admin":
        _another_admin(session, name)
    session.delete(user)
    session.flush()


def invite(session: Session, token: str, *, role: str, by: str) -> None:
    """A link, good for a week, by which one account can be made."""
    now = time.time()
    session.execute(delete(Invitation).where(Invitation.expires_at < now))
    session.add(Invitation(token_hash=_digest(token), role=role, by=by, created_at=now, expires_at=now + INVITED_S))


def invited(session: Session, token: str) -> str | None:
    """The role a link gives; None when it is used up, too old, or was never made."""
    row = session.get(Invitation, _digest(token))
    return row.role if row is not None and row.expires_at >= time.time() else None


def accept(session: Session, token: str, name: str, password: str) -> User:
    """Make the account that a link is for; the link is used up. Raises `Usage`."""
    role = invited(session, token)
    if role is None:
        raise Usage("this invitation is used up or too old; ask for a new one")
    user = add(session, name, password, role)
    session.execute(delete(Invitation).where(Invitation.token_hash == _digest(token)))
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
        HASHER.verify(user.password_hash if user else _nobody(), password)
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


def _must_be_long(name: str, password: str) -> None:
    if len(password) < SHORTEST:
        raise Usage(f"the password of {name} is too short; use at least {SHORTEST} characters")


def _known(session: Session, name: str) -> User:
    user = _by_name(session, name)
    if user is None:
        raise Usage(f"there is no account {name}")
    return user


def _another_admin(session: Session, name: str) -> None:
    if session.scalar(select(User.id).where(User.role == "admin", User.name != name).limit(1)) is None:
        raise Usage(f"{name} is the only admin; make another one first")


def _by_name(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.name == name))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

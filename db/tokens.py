"""Keys for programs: each belongs to an account, may do what its scope says, and is kept as a hash alone."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import Token, User
from pipelines.errors import Usage

SCOPES = ("read", "write", "caption")
"""read: look at everything; write: also change what its account may change; caption: ask about videos, and nothing else."""
PREFIX = "clapper_"
"""By which people, and programs that look for leaked keys, know what they have before them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, and what for."""

    token: str
    """Its name."""
    user: str | None
    """None for the one local user."""
    role: str
    scope: str


def add(session: Session, name: str, *, scope: str, user: str | None = None) -> str:
    """Make a token; its text, which is shown this once. Raises `Usage` for a name that is taken or odd."""
    if not re.fullmatch(r"[\w.@+-]{1,64}", name):
        raise Usage(f"{name!r} is no name for a token; use up to 64 letters, digits or . @ + - _")
    if scope not in SCOPES:
        raise Usage(f"there is no scope {scope!r}; known: {', '.join(SCOPES)}")
    if session.scalar(select(Token.name).where(Token.name == name)):
        raise Usage(f"there is already a token {name}; choose another name, or remove it first")
    owner = session.scalar(select(User).where(User.name == user)) if user else None
    if user and owner is None:
        raise Usage(f"there is no account {user}; make one: python app.py user add {user}")
    text = PREFIX + secrets.token_urlsafe(32)
    row = Token(digest=_digest(text), name=name, user_id=owner.id if owner else None, scope=scope, created_at=time.time())
    session.add(row)
    session.flush()
    return text


def names(session: Session) -> list[tuple[str, str, str]]:
    """Name, account and scope of every token."""
    rows = select(Token.name, User.name, Token.scope).outerjoin(User, User.id == Token.user_id).order_by(Token.name)
    return [(name, user or "", scope) for name, user, scope in session.execute(rows).tuples()]


def remove(session: Session, name: str) -> None:
    """It opens nothing from now on. Raises `Usage` when there is none of this name."""
    if session.scalar(delete(Token).where(Token.name == name).returning(Token.name)) is None:
        raise Usage(f"there is no token {name}; `python app.py token list` prints those there are")


def holder(session: Session, text: str) -> Holder | None:
    """Who holds a token with this text."""
    row = session.execute(
        select(Token, User).outerjoin(User, User.id == Token.user_id).where(Token.digest == _digest(text))
    ).first()
    if row is None:
        return None
    token, user = row.tuple()
    return Holder(token.name, user.name if user else None, user.role if user else "admin", token.scope)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

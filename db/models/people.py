"""Accounts, logins, who did what, and what people stick on clips."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Event(Base):
    """Who did what, when. `key` comes from the sender, so that a repeated request changes nothing."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "clip_id", "id"),
        Index(None, "actor", "kind", "at"),
        Index(None, "bulk", sqlite_where=text("bulk IS NOT NULL")),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[float]
    actor: Mapped[str]
    kind: Mapped[str]
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    bulk: Mapped[str | None]
    """The same for everything one gesture did to many clips; by it all of that is taken back."""


class User(Base):
    """An account."""

    __tablename__ = "users"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default="reviewer")
    """viewer, reviewer, lead, admin"""
    created_at: Mapped[float]


class Login(Base):
    """A signed-in browser; only a hash of its cookie is kept."""

    __tablename__ = "logins"
    __table_args__ = (STRICT,)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[float]
    seen_at: Mapped[float]


class Token(Base):
    """A key for a program; only a hash of it is kept."""

    __tablename__ = "tokens"
    __table_args__ = (STRICT,)

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose it is; None is the one local user's."""
    scope: Mapped[str]
    """read, write, caption"""
    created_at: Mapped[float]
    seen_at: Mapped[float | None]


class Tag(Base):
    """A word that people stick on clips to find them again."""

    __tablename__ = "tags"
    __table_args__ = (Index(None, "tag", "clip_id"), STRICT)

    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[float]


class Invitation(Base):
    """A link by which somebody makes an account, once; only a hash of it is kept."""

    __tablename__ = "invitations"
    __table_args__ = (STRICT,)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    by: Mapped[str]
    created_at: Mapped[float]
    expires_at: Mapped[float]


class Assignment(Base):
    """Clips that somebody is asked to review: Review offers these first."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "person", "id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    where: Mapped[list[Any]] = mapped_column(default=list)
    """Conditions, all of which must hold."""
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    created_at: Mapped[float]

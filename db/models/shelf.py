"""What keeps the Library quick: numbers that are kept instead of counted, what the search has yet to read; saved views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Tally(Base):
    """How many clips stand alike; triggers keep it true. There are few ways to stand, however many clips there are."""

    __tablename__ = "tallies"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    superseded: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(primary_key=True)
    """Empty until the clip is judged."""
    review: Mapped[str] = mapped_column(primary_key=True)
    reasons: Mapped[str] = mapped_column(primary_key=True)
    """As they are stored with the clip: a list in JSON."""
    number: Mapped[int]


class Unindexed(Base):
    """A clip whose words changed since the search index read them; triggers note it, `db.search` takes it away."""

    __tablename__ = "unindexed"
    __table_args__ = (STRICT,)

    clip_id: Mapped[int] = mapped_column(primary_key=True)


class SavedView(Base):
    """A filter and an order under a name, for oneself or for everybody."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("by", "name"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    by: Mapped[str]
    shared: Mapped[int] = mapped_column(default=0)
    where: Mapped[list[Any]] = mapped_column(default=list)
    """Conditions as in the address, all of which must hold."""
    sort: Mapped[str] = mapped_column(default="newest")
    created_at: Mapped[float]

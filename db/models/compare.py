"""Comparisons: which captions of a clip somebody saw side by side, and which of two the vote says is better."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Ballot(Base):
    """Some captions of one clip, laid before one person; first lent, then voted on."""

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("actor", "match"),
        Index(None, "clip_id", "match"),
        Index(None, "actor", "lent_until"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    actor: Mapped[str]
    match: Mapped[str]
    """The captions, whatever their order: ids from low to high, "3,17"."""
    slots: Mapped[list[Any]]
    """Ids in the order of the columns, `[[17], [3]]`; captions that say the same words share a column."""
    seed: Mapped[int]
    """That the order was drawn with."""
    blind: Mapped[int]
    """1 as long as the person cannot have known who wrote which."""
    lent_until: Mapped[float | None]
    """None once it is voted on."""
    choice: Mapped[int | None]
    """Column from 1, 0 for equal, -1 for all bad; None until the vote."""
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)
    """Counts votes and undos."""
    created_at: Mapped[float]
    voted_at: Mapped[float | None]


class Duel(Base):
    """What a vote says of two of its captions. A pick beats every other column; how those compare, it does not say."""

    __tablename__ = "duels"
    __table_args__ = (Index(None, "first_id"), Index(None, "second_id"), STRICT)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id", ondelete="CASCADE"), primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("captions.id", ondelete="CASCADE"), primary_key=True)
    """The caption with the lower id."""
    second_id: Mapped[int] = mapped_column(ForeignKey("captions.id", ondelete="CASCADE"), primary_key=True)
    share: Mapped[float]
    """Of the win that the first gets: 1, 0, or 0.5 for equal and for all bad."""

"""Single things that somebody waits for, beside runs and exports: a reel, an answer about an uploaded video."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Errand(Base):
    """What is wished, how far it is, and what came of it. A job of the stage `kind` names it by its number."""

    __tablename__ = "errands"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    wish: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, working, done, failed"""
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None]
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]
    ended_at: Mapped[float | None]

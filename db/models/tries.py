"""Tries that came to nothing: kept when a later one succeeds, so that an item's story can be told."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Try(Base):
    """One time, or several alike in a row, that a worker had a job and did not end it well."""

    __tablename__ = "tries"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    how: Mapped[str]
    """failed, put off, worker lost"""
    times: Mapped[int] = mapped_column(default=1)
    worker: Mapped[str | None]
    started_at: Mapped[float | None]
    ended_at: Mapped[float]
    kind: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    trace: Mapped[str] = mapped_column(default="")
    """Where in the program it went wrong, for whoever runs it; empty where the reason says all."""

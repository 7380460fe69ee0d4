"""Samples of lots, and what several people think of one clip."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base, Json


class Sample(Base):
    """A lot of clips, how a sample was drawn from it, and what came of it."""

    __tablename__ = "samples"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    plan: Mapped[dict[str, Any]]
    """`spotchecks.Wish` as it was asked for: which clips, how drawn, what is promised."""
    seed: Mapped[int]
    lot_size: Mapped[int]
    size: Mapped[int]
    """Clips drawn."""
    allowed: Mapped[int]
    """Bad ones among them with which the lot still passes, where the plan counts so."""
    state: Mapped[str] = mapped_column(default="open")
    """open, accepted, rejected, taken_back, closed"""
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The card on which it was decided."""
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    created_at: Mapped[float]
    decided_by: Mapped[str | None]
    decided_at: Mapped[float | None]


class LotClip(Base):
    """A clip was in a lot, with this caption; with another it is no longer what was sampled."""

    __tablename__ = "lot_clips"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True, index=True)
    caption_id: Mapped[int]


class SampleItem(Base):
    """A clip that was drawn."""

    __tablename__ = "sample_items"
    __table_args__ = (STRICT,)

    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """From 0, in the order in which it is to be looked at."""
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), index=True)
    stratum: Mapped[str] = mapped_column(default="")
    probability: Mapped[float]
    """With which it was to be drawn."""


class Opinion(Base):
    """What one person thought of a clip; it decides nothing by itself. Without a decision they have been asked, no more."""

    __tablename__ = "opinions"
    __table_args__ = (Index(None, "clip_id", "id"), Index(None, "kind", "person"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("samples.id", ondelete="SET NULL"))
    kind: Mapped[str]
    """first: a decision that is to be looked at again; second: by somebody who did not see it; gold: of a clip whose answer
    is known; final: a lead's, after two differed"""
    person: Mapped[str]
    caption_id: Mapped[int | None]
    """The caption it is about; no foreign key, so that asking for a caption's row costs nothing here."""
    decision: Mapped[str | None]
    """accept, edit, reject"""
    reason: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    truth: Mapped[str | None]
    """Of a gold item: good or bad."""
    key: Mapped[str | None] = mapped_column(unique=True)
    """Of the decision, from its sender."""
    version: Mapped[int] = mapped_column(default=0)
    """Counts what was said and taken back, as a clip's version does."""
    at: Mapped[float]

"""What people say about a clip beside deciding: flags, notes, and claims that are wrong or missing."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Note(Base):
    """One remark on a clip. It goes when it is taken back; that it was there stays among the events."""

    __tablename__ = "notes"
    __table_args__ = (Index(None, "clip_id", "id"), Index(None, "kind", "clip_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """Made by the sender; that of the event which brought it."""
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    caption_id: Mapped[int | None] = mapped_column(ForeignKey("captions.id", ondelete="CASCADE"))
    """The caption it is about; None when it is about the clip."""
    kind: Mapped[str]
    """flag, note, wrong, omitted"""
    text: Mapped[str] = mapped_column(default="")
    at_s: Mapped[float | None]
    """A moment of the clip, seconds from its start."""
    span_start: Mapped[int | None]
    """Where in the caption, in UTF-16 code units as browsers count, and `span_end` behind the last one."""
    span_end: Mapped[int | None]
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]

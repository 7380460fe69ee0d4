"""What lists of others say of stretches of files, until the files are read and the stretches are clips."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


class Taken(Base):
    """A stretch as a list gives it, with captions, scores and facts for the clip it becomes."""

    __tablename__ = "taken"
    __table_args__ = (Index(None, "run_id", "path"), Index(None, "run_id", "video_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    path: Mapped[str]
    """As `names.pack` gives it."""
    given: Mapped[str]
    video_id: Mapped[int | None] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    """Known once the file has been probed."""
    start_s: Mapped[float]
    end_s: Mapped[float | None]
    exact: Mapped[int]
    """1 for a clip, 0 for a scene that is still to be divided."""
    said: Mapped[dict[str, Any]]
    """`{"captions": [...], "scores": [...], "facts": [...]}`, records as `pipelines.wire` writes them."""
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clips.id", ondelete="SET NULL"))
    """The clip that has it now."""

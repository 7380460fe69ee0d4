"""Videos, their clips, and what was measured on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import STRICT, Base
from db.models.words import Caption


class Video(Base):
    """Content, by its hash."""

    __tablename__ = "videos"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    info: Mapped[dict[str, Any]]
    created_at: Mapped[float]
    paths: Mapped[list[VideoPath]] = relationship(back_populates="video", order_by="VideoPath.id")


class VideoPath(Base):
    """A name under which the content was seen. Size, time and inode only save reading the file again."""

    __tablename__ = "video_paths"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    path: Mapped[bytes] = mapped_column(unique=True)
    """Absolute, the bytes of the file system."""
    given: Mapped[str]
    """As the person wrote it, fit for showing."""
    size_bytes: Mapped[int]
    mtime_ns: Mapped[int]
    inode: Mapped[int]
    seen_at: Mapped[float]
    video: Mapped[Video] = relationship(back_populates="paths")


class Scan(Base):
    """A video was read to its end with these parameters; running again costs nothing."""

    __tablename__ = "scans"
    __table_args__ = (UniqueConstraint("video_id", "digest"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    digest: Mapped[str]
    clip_ids: Mapped[list[Any]]
    note: Mapped[str | None]
    """What a person should know: "partial: damaged after 12.4 s"."""
    created_at: Mapped[float]


class Clip(Base):
    """A stretch of a video, what the rules say of it, and what people decided."""

    __tablename__ = "clips"
    __table_args__ = (
        Index(None, "superseded", "verdict", "review", "id"),
        Index(None, "superseded", "review", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    """The latest run that asked for it; its rules judge."""
    start_pts: Mapped[int]
    end_pts: Mapped[int]
    start_s: Mapped[float]
    end_s: Mapped[float]
    frames: Mapped[int]
    sheet: Mapped[dict[str, Any]]
    """`{"times_s": [...], "tile": [w, h]}`; the picture itself lies in the clip's folder."""
    superseded: Mapped[int] = mapped_column(default=0)
    """1 when a later scan of the video cut it otherwise and nobody had decided on it."""

    verdict: Mapped[str | None]
    """kept, dropped, unscored; None until every scorer of its run has ended."""
    reasons: Mapped[list[Any]] = mapped_column(default=list)

    caption_id: Mapped[int | None] = mapped_column(ForeignKey("captions.id", use_alter=True, ondelete="SET NULL"))
    """The caption in force, at the end of its chain."""
    review: Mapped[str] = mapped_column(default="waiting")
    """waiting, accepted, rejected, skipped; accepted_lot: unseen, because a sample of its lot passed"""
    reject_reason: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=0)
    """Counts decisions; a decision made on an older version is a conflict."""
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[float | None]

    video: Mapped[Video] = relationship()
    caption: Mapped[Caption | None] = relationship(foreign_keys=[caption_id])


class Score(Base):
    """A number, or why there is none."""

    __tablename__ = "scores"
    __table_args__ = (Index(None, "name", "value", "clip_id"), STRICT)

    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    missing: Mapped[str | None]


class Fact(Base):
    """Words that were measured: camera, colours, text on screen."""

    __tablename__ = "facts"
    __table_args__ = (Index(None, "name", "text"), STRICT)

    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class Fingerprint(Base):
    """By what copies of a clip are known; see `pipelines.prints`."""

    __tablename__ = "fingerprints"
    __table_args__ = (STRICT,)

    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[bytes]
    group_id: Mapped[int | None] = mapped_column(index=True)
    """The same for all copies of one clip; the number of one that is or was among them. None for a clip alone."""


class FingerprintWord(Base):
    """Where a clip is looked up: copies share a word. Each video's clips stand together, so that they can be passed over."""

    __tablename__ = "fingerprint_words"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    word: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(
        ForeignKey("fingerprints.clip_id", ondelete="CASCADE"), primary_key=True, index=True
    )

"""The tables. Rows are rows; `db/results.py` turns them into records.

runs ──< jobs                     what is to do, under leases
videos ──< video_paths            identity is content; names are references
   └──< scans, clips ──< scores, facts, results, captions
                   └── fingerprints ──< fingerprint_words
events                            who did what; only ever appended
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sqlalchemy import REAL, ForeignKey, Index, Integer, LargeBinary, MetaData, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
STRICT = {"sqlite_strict": True}


class Json(TypeDecorator[Any]):
    """A JSON document in a text column (SQLite's strict tables have no JSON type)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        str: Text,
        float: REAL,
        int: Integer,
        bytes: LargeBinary,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Run(Base):
    """A person's request: these inputs through this recipe."""

    __tablename__ = "runs"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipe: Mapped[str]
    config: Mapped[dict[str, Any]]
    """The recipe as it was configured, so that a later edit of the file changes nothing here."""
    rules: Mapped[list[Any]]
    """Rules in force for clips of this run: `[{"score", "low", "high"}]`; moved from the Library."""
    inputs: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="active")
    """active, paused, cancelled, done"""
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]
    ended_at: Mapped[float | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Counts when it ended; a later run may take its clips over."""


class Job(Base):
    """One stage on one item. Held under a lease; the token fences out a worker that lost it."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("run_id", "stage", "item"),
        Index(None, "state", "priority", "id"),
        Index(None, "run_id", "state", "stage"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    """None for work that belongs to no run: an export."""
    stage: Mapped[str]
    item: Mapped[str]
    """What to work on: a path, or the id of a video, clip or export, as the stage understands it."""
    label: Mapped[str] = mapped_column(default="")
    """The item in words a person recognises."""
    state: Mapped[str] = mapped_column(default="ready")
    """ready, paused, leased, done, failed, cancelled"""
    priority: Mapped[int] = mapped_column(default=0)
    """Higher first: later stages outrank earlier ones, so that clips come out while videos are still being read."""
    attempt: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    """Workers that died holding it."""
    lease_owner: Mapped[str | None]
    lease_token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[float | None]
    not_before: Mapped[float] = mapped_column(default=0.0)
    error_kind: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[float]
    ended_at: Mapped[float | None]


class Worker(Base):
    """A worker process that says now and then that it lives."""

    __tablename__ = "workers"
    __table_args__ = (STRICT,)

    id: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int]
    host: Mapped[str]
    started_at: Mapped[float]
    seen_at: Mapped[float]


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
    """waiting, accepted, rejected, skipped"""
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


class Result(Base):
    """This stage, with this digest of parameters and inputs, has ended on this clip."""

    __tablename__ = "results"
    __table_args__ = (UniqueConstraint("clip_id", "stage", "digest"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    stage: Mapped[str]
    digest: Mapped[str]
    caption_id: Mapped[int | None] = mapped_column(ForeignKey("captions.id", ondelete="SET NULL"))
    created_at: Mapped[float]


class Caption(Base):
    """Words about a clip; only ever appended."""

    __tablename__ = "captions"
    __table_args__ = (Index(None, "clip_id", "id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("captions.id"))
    text: Mapped[str]
    author: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    """Name of the person, when a person wrote it."""
    model: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="ok")
    reason: Mapped[str | None]
    stage: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]


class Event(Base):
    """Who did what, when. `key` comes from the sender, so that a repeated request changes nothing."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "clip_id", "id"), Index(None, "actor", "kind", "at"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[float]
    actor: Mapped[str]
    kind: Mapped[str]
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Export(Base):
    """A training set that was written, or is being written by the job that names it."""

    __tablename__ = "exports"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    format: Mapped[str]
    options: Mapped[dict[str, Any]]
    which: Mapped[str]
    dest: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, writing, done, failed, cancelled"""
    total: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]
    ended_at: Mapped[float | None]


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

"""Runs, their jobs, the workers that do them, and the sets that leave."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base, Json


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
    kind: Mapped[str] = mapped_column(default="videos")
    """videos: from files to captions, clips become the run's; clips: further captions for clips that are there."""
    adopts: Mapped[int] = mapped_column(default=1)
    """1 when its captions come into force where nobody has decided; 0 when they only stand beside the others."""
    note: Mapped[str] = mapped_column(default="")
    """What it is for, in a person's words."""
    state: Mapped[str] = mapped_column(default="active")
    """active, paused, cancelled, done"""
    priority: Mapped[int] = mapped_column(default=0)
    """1 before other runs, -1 after them."""
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
        Index(None, "run_id", "ended_at", sqlite_where=text("state = 'done'")),
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
    worker: Mapped[str | None]
    """Who had it last."""
    started_at: Mapped[float | None]
    """Since when they had it."""


class Worker(Base):
    """A worker process that says now and then that it lives."""

    __tablename__ = "workers"
    __table_args__ = (STRICT,)

    id: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int]
    host: Mapped[str]
    started_at: Mapped[float]
    seen_at: Mapped[float]
    model_busy: Mapped[float | None]
    """Share of the last seconds in which a network of its own computed, 0 to 1; None where it has none."""
    gpus_busy: Mapped[list[Any] | None] = mapped_column(Json)
    """Of each card of its machine, 0 to 1, as its driver says; None without one."""


class Export(Base):
    """A training set that was written, or is being written by the job that names it."""

    __tablename__ = "exports"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    format: Mapped[str]
    options: Mapped[dict[str, Any]]
    which: Mapped[str]
    selection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Which clips, which captions and which split, as `pipelines.selection.Selection` has them."""
    clips: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How clips become files, as `pipelines.kinds.Cutting` has it."""
    against_id: Mapped[int | None]
    """An earlier export whose clips may be taken over."""
    dest: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, writing, done, failed, cancelled"""
    planned: Mapped[int] = mapped_column(default=0)
    """1 when all its rows are there: what leaves is then settled, whatever people decide meanwhile."""
    total: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """When done: `{"counts": pairs by part, "reused", "bytes", "seconds"}`."""
    error: Mapped[str | None]
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]
    ended_at: Mapped[float | None]


class ExportRow(Base):
    """A pair that leaves. Ids are no foreign keys: what once left is known even when the clip is gone."""

    __tablename__ = "export_rows"
    __table_args__ = (Index(None, "export_id", "clip_id"), {**STRICT, "sqlite_with_rowid": False})

    export_id: Mapped[int] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place in the set, from 0: by name of the video, then by time, then by draw."""
    clip_id: Mapped[int]
    caption_id: Mapped[int | None]
    take: Mapped[int] = mapped_column(default=0)
    """Counts the captions that leave with one clip."""
    part: Mapped[str] = mapped_column(default="")
    """train or validation; empty without a split."""
    left_out: Mapped[int] = mapped_column(default=0)
    """1 when it was planned and did not get into the folder."""

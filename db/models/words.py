"""Captions, the prompts behind them, what speaks for or against them, and which stage has ended on which clip."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import STRICT, Base


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
    __table_args__ = (
        Index(None, "clip_id", "id"),
        Index(None, "run_id", "id"),
        Index(None, "prompt_digest", "model"),
        Index(None, "model", "clip_id"),
        Index(None, "outcome", "clip_id", sqlite_where=text("outcome != 'ok'")),
        Index(None, "flags", "clip_id", sqlite_where=text("flags != '[]'")),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clips.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("captions.id"))
    run_id: Mapped[int | None]
    """The run that asked for it; no foreign key, so that a run may go and its captions stay."""
    role: Mapped[str] = mapped_column(default="caption")
    """What it is for: caption, answer, tags, translation. Only a caption can come into force."""
    text: Mapped[str]
    author: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    """Name of the person, when a person wrote it."""
    model: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="ok")
    reason: Mapped[str | None]
    stage: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(default="")
    prompt_digest: Mapped[str] = mapped_column(default="")
    """Of the prompt it was asked with (`prompts.digest`); empty when nobody was asked."""
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The stage's settings, without the prompt."""
    parts: Mapped[list[Any]] = mapped_column(default=list)
    """What it was made from, in time: `[{"start_s", "end_s", "text"}]`: frame captions, differential captions."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of a structured caption: `{"subject": "...", "camera": "..."}`."""
    flags: Mapped[list[Any]] = mapped_column(default=list)
    """What may be wrong with it, by its words alone: too long for an encoder, another language, ..."""
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost: Mapped[float] = mapped_column(default=0.0)
    """US dollars, at the prices of the catalogue; 0 for a model of one's own."""
    seconds: Mapped[float] = mapped_column(default=0.0)
    """From the first request for it to the last answer."""
    created_at: Mapped[float]


class Prompt(Base):
    """Words a model is asked with. Never changed: an edit is a new version under the same name."""

    __tablename__ = "prompts"
    __table_args__ = (UniqueConstraint("name", "version"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    """Of name and text: what captions refer to."""
    name: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    system: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("prompts.id"))
    tags: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]


class Check(Base):
    """How well a caption fits its clip, as one aligner sees it."""

    __tablename__ = "checks"
    __table_args__ = (UniqueConstraint("caption_id", "stage", "digest"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    caption_id: Mapped[int] = mapped_column(ForeignKey("captions.id", ondelete="CASCADE"))
    stage: Mapped[str]
    digest: Mapped[str]
    model: Mapped[str] = mapped_column(default="")
    mean: Mapped[float | None]
    low: Mapped[float | None]
    """The worst sentence's."""
    sentences: Mapped[list[Any]] = mapped_column(default=list)
    """In the order of the text: `[{"text", "value", "verdict", "note"}]`; verdict is supported, contradicted or not_visible,
    empty where only a number was measured."""
    created_at: Mapped[float]

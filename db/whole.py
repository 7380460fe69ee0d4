"""Everything that is known of one clip, for its page: where each caption comes from, what speaks against it, the video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clips, tags, views
from db.clips import Happening
from db.models import Caption, Check, Clip, Prompt, Result, Video, VideoPath
from db.views import ClipView


@dataclass(frozen=True, slots=True)
class Checked:
    """How one aligner sees a caption."""

    stage: str
    model: str
    mean: float | None
    low: float | None
    sentences: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a caption comes from, and what is known about it beside its words."""

    caption_id: int
    role: str
    run_id: int | None
    stage: str
    prompt: str
    """NAME@VERSION; empty when nobody was asked."""
    params: dict[str, Any]
    fields: dict[str, Any]
    flags: tuple[str, ...]
    tokens_in: int
    tokens_out: int
    cost: float
    seconds: float
    checks: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """The video a clip is a stretch of."""

    id: int
    sha256: str
    size_bytes: int
    info: dict[str, Any]
    names: tuple[str, ...]
    """Every path it was seen under, latest first."""
    clips: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A stage that has ended on the clip."""

    stage: str
    at: float


@dataclass(frozen=True, slots=True)
class Whole:
    clip: ClipView
    run_id: int | None
    tags: tuple[str, ...]
    origins: tuple[Origin, ...]
    """In the order of the clip's captions."""
    film: Film
    stages: tuple[Ended, ...]
    history: tuple[Happening, ...]


def whole(session: Session, clip_id: int) -> Whole | None:
    """All of one clip; None when there is none."""
    found = views.describe(session, [clip_id])
    if not found:
        return None
    ended = select(Result.stage, Result.created_at).where(Result.clip_id == clip_id).order_by(Result.id)
    return Whole(
        clip=found[0],
        run_id=session.scalar(select(Clip.run_id).where(Clip.id == clip_id)),
        tags=tags.of(session, [clip_id])[clip_id],
        origins=tuple(_origins(session, clip_id)),
        film=_film(session, found[0].video_id),
        stages=tuple(Ended(*row) for row in session.execute(ended).tuples()),
        history=tuple(clips.history(session, clip_id)),
    )


def _origins(session: Session, clip_id: int) -> list[Origin]:
    rows = session.execute(
        select(Caption, Prompt.name, Prompt.version)
        .outerjoin(Prompt, (Prompt.digest == Caption.prompt_digest) & (Caption.prompt_digest != ""))
        .where(Caption.clip_id == clip_id)
        .order_by(Caption.id)
    ).tuples()
    captions = [(row, f"{name}@{version}" if name else "") for row, name, version in rows]
    checks = _checks(session, [row.id for row, _ in captions])
    return [_origin(row, prompt, checks[row.id]) for row, prompt in captions]


def _origin(row: Caption, prompt: str, checks: Sequence[Checked]) -> Origin:
    return Origin(
        caption_id=row.id, role=row.role, run_id=row.run_id, stage=row.stage, prompt=prompt, params=row.params,
        fields=row.fields, flags=tuple(map(str, row.flags)), tokens_in=row.tokens_in, tokens_out=row.tokens_out,
        cost=row.cost, seconds=row.seconds, checks=tuple(checks),
    )  # fmt: skip


def _checks(session: Session, caption_ids: Sequence[int]) -> defaultdict[int, list[Checked]]:
    found: defaultdict[int, list[Checked]] = defaultdict(list)
    for row in session.scalars(select(Check).where(Check.caption_id.in_(caption_ids)).order_by(Check.id)):
        found[row.caption_id].append(Checked(row.stage, row.model, row.mean, row.low, tuple(row.sentences)))
    return found


def _film(session: Session, video_id: int) -> Film:
    row = session.get_one(Video, video_id)
    names = select(VideoPath.given).where(VideoPath.video_id == video_id).order_by(VideoPath.seen_at.desc())
    number = session.scalar(select(func.count()).where(Clip.video_id == video_id, Clip.superseded == 0)) or 0
    return Film(row.id, row.sha256, row.size_bytes, row.info, tuple(session.scalars(names)), number)

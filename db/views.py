"""Clips as people see them, with all that is known of each: one query a table, never one a clip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from db import notes, tags
from db.models import Base, Caption, Check, Clip, Fact, Fingerprint, Prompt, Score, Video, VideoPath
from db.notes import NoteView
from pipelines import wire
from pipelines.records import VideoInfo

IN_ONE_QUERY = 500


@dataclass(frozen=True, slots=True)
class CheckView:
    """How well a caption fits its clip, as one aligner sees it."""

    model: str
    mean: float | None
    low: float | None
    sentences: tuple[dict[str, Any], ...]
    """In the order of the text: text, value, verdict (supported, contradicted, not_visible), note."""


@dataclass(frozen=True, slots=True)
class CaptionView:
    """One link of a clip's chain of captions."""

    id: int
    text: str
    author: str
    by: str
    model: str
    outcome: str
    reason: str | None
    parent: int | None
    at: float
    role: str = "caption"
    """What it is for: caption, answer, tags, translation."""
    prompt: str = ""
    """Name and version of what the model was asked with."""
    params: dict[str, Any] = field(default_factory=dict)
    parts: tuple[dict[str, Any], ...] = ()
    """What it was made from, in time: start_s, end_s, text."""
    fields: dict[str, Any] = field(default_factory=dict)
    flags: tuple[Any, ...] = ()
    tokens: tuple[int, int] = (0, 0)
    """Read and written."""
    checks: tuple[CheckView, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipView:
    """A clip with everything that a card, the review desk or the command line shows of it."""

    id: int
    key: str
    video_id: int
    video: str
    """The path as the person first gave it."""
    start_s: float
    end_s: float
    frames: int
    fps: float
    size: tuple[int, int]
    """Width and height upright in square pixels."""
    times_s: tuple[float, ...]
    """Of each frame in the contact sheet, seconds from the start of the clip."""
    tile: tuple[int, int]
    scores: dict[str, float | None]
    missing: dict[str, str]
    """Why, for every score without a value."""
    facts: dict[str, str]
    verdict: str | None
    reasons: tuple[str, ...]
    captions: tuple[CaptionView, ...]
    """Oldest first."""
    caption_id: int | None
    """The caption in force."""
    review: str
    reject_reason: str | None
    reviewed_by: str | None
    reviewed_at: float | None
    version: int
    superseded: bool
    duplicates: tuple[int, ...] = ()
    """Copies of it in other videos."""
    tags: tuple[str, ...] = ()
    notes: tuple[NoteView, ...] = ()
    """Flags, notes and marks on claims, oldest first."""

    @property
    def caption(self) -> CaptionView | None:
        """The caption in force."""
        return next((caption for caption in self.captions if caption.id == self.caption_id), None)


def describe(session: Session, clip_ids: Sequence[int]) -> list[ClipView]:
    """All about these clips, in the order given; ids that are no clip are left out."""
    views: list[ClipView] = []
    for start in range(0, len(clip_ids), IN_ONE_QUERY):
        views += _describe(session, clip_ids[start : start + IN_ONE_QUERY])
    return views


def _describe(session: Session, clip_ids: Sequence[int]) -> list[ClipView]:
    # rows, not mapped objects: a page of sixty clips has hundreds of them, and building objects would take most of its time
    clips = {clip.id: clip for clip in session.execute(select(*Clip.__table__.columns).where(Clip.id.in_(clip_ids)))}
    videos = {clip.video_id for clip in clips.values()}
    rows = session.execute(select(Video.id, Video.info).where(Video.id.in_(videos))).tuples()
    infos = {video_id: wire.load(VideoInfo, info) for video_id, info in rows}
    names = _first_names(session, videos)
    scores = _by_clip(session, Score, clip_ids, Score.name)
    facts = _by_clip(session, Fact, clip_ids, Fact.name)
    captions = _by_clip(session, Caption, clip_ids, Caption.id)
    words = _words(session, [caption for of_clip in captions.values() for caption in of_clip])
    copies, stuck, said = _copies(session, clip_ids), tags.of(session, clip_ids), notes.of(session, clip_ids)
    found = [
        _view(clip, infos[clip.video_id], names.get(clip.video_id, ""), scores[clip.id], facts[clip.id])
        for clip in (clips[clip_id] for clip_id in clip_ids if clip_id in clips)
    ]
    return [
        replace(
            view, captions=tuple(words[caption.id] for caption in captions[view.id]), duplicates=tuple(copies[view.id]),
            tags=stuck[view.id], notes=tuple(said[view.id]),
        )
        for view in found
    ]  # fmt: skip


def _first_names(session: Session, videos: Iterable[int]) -> dict[int, str]:
    query = select(VideoPath.video_id, VideoPath.given).where(VideoPath.video_id.in_(videos)).order_by(VideoPath.id.desc())
    return dict(session.execute(query).tuples().all())


def _by_clip(session: Session, table: type[Base], clip_ids: Sequence[int], order: Any) -> defaultdict[int, list[Any]]:
    columns = table.__table__.columns
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(select(*columns).where(columns.clip_id.in_(clip_ids)).order_by(order)):
        found[row.clip_id].append(row)
    return found


def _copies(session: Session, clip_ids: Sequence[int]) -> defaultdict[int, list[int]]:
    other = aliased(Fingerprint)
    pairs = select(Fingerprint.clip_id, other.clip_id).join(other, other.group_id == Fingerprint.group_id)
    found: defaultdict[int, list[int]] = defaultdict(list)
    wanted = Fingerprint.clip_id.in_(clip_ids), other.clip_id != Fingerprint.clip_id
    for clip_id, copy in session.execute(pairs.where(*wanted).order_by(other.clip_id)):
        found[clip_id].append(copy)
    return found


def _view(clip: Row[Any], info: VideoInfo, video: str, scores: list[Any], facts: list[Any]) -> ClipView:
    return ClipView(
        id=clip.id,
        key=clip.key,
        video_id=clip.video_id,
        video=video,
        start_s=clip.start_s,
        end_s=clip.end_s,
        frames=clip.frames,
        fps=info.fps,
        size=info.display_size,
        times_s=tuple(clip.sheet.get("times_s", ())),
        tile=(clip.sheet["tile"][0], clip.sheet["tile"][1]) if "tile" in clip.sheet else (0, 0),
        scores={score.name: score.value for score in scores},
        missing={score.name: score.missing or "" for score in scores if score.value is None},
        facts={fact.name: fact.text for fact in facts},
        verdict=clip.verdict,
        reasons=tuple(clip.reasons),
        captions=(),
        caption_id=clip.caption_id,
        review=clip.review,
        reject_reason=clip.reject_reason,
        reviewed_by=clip.reviewed_by,
        reviewed_at=clip.reviewed_at,
        version=clip.version,
        superseded=bool(clip.superseded),
    )


def _words(session: Session, rows: Sequence[Any]) -> dict[int, CaptionView]:
    """Captions with the names of their prompts and what was found about their sentences."""
    digests = {row.prompt_digest for row in rows} - {""}
    prompts = select(Prompt.digest, Prompt.name, Prompt.version).where(Prompt.digest.in_(digests))
    named = {digest: f"{name} v{version}" for digest, name, version in session.execute(prompts)}
    columns = Check.__table__.columns
    checks: defaultdict[int, list[CheckView]] = defaultdict(list)
    wanted = columns.caption_id.in_([row.id for row in rows])
    for check in session.execute(select(*columns).where(wanted).order_by(columns.id)):
        found = CheckView(check.model or check.stage, check.mean, check.low, tuple(check.sentences))
        checks[check.caption_id].append(found)
    return {row.id: _caption(row, named.get(row.prompt_digest, ""), checks[row.id]) for row in rows}


def _caption(row: Any, prompt: str, checks: Sequence[CheckView]) -> CaptionView:
    return CaptionView(
        id=row.id,
        text=row.text,
        author=row.author,
        by=row.by,
        model=row.model,
        outcome=row.outcome,
        reason=row.reason,
        parent=row.parent_id,
        at=row.created_at,
        role=row.role,
        prompt=prompt,
        params=row.params,
        parts=tuple(row.parts),
        fields=row.fields,
        flags=tuple(row.flags),
        tokens=(row.tokens_in, row.tokens_out),
        checks=tuple(checks),
    )

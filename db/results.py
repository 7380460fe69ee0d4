"""Records ↔ rows: the one seam between what the pipeline computes and what is stored."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.orm import Session

from db import duplicates, models, prompts, sources
from pipelines import quality, wire
from pipelines.files import clip_folder
from pipelines.records import (
    Author,
    Caption,
    Checked,
    Clip,
    Draft,
    Material,
    Measured,
    Outcome,
    Part,
    Prompt,
    ScannedClip,
    Score,
    Sheet,
    Usage,
    Video,
    VideoInfo,
)

COMPARED = 20
"""Former captions of a run that a new one is compared with."""


@dataclass(frozen=True, slots=True)
class Made:
    """Which stage of which run made a result, and with what settings."""

    stage: str
    digest: str
    run_id: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    adopts: bool = True
    """Whether its captions come into force where nobody has decided."""


def video_record(row: models.Video) -> Video:
    """A video, at a name under which the same file still lies; else at the latest one it was seen under."""
    names = sorted(row.paths, key=lambda name: -name.seen_at)
    found = next((name for name in names if sources.unchanged(name)), names[0] if names else None)
    return Video(row.sha256, os.fsdecode(found.path) if found else "", row.size_bytes, info_of(row))


def info_of(row: models.Video) -> VideoInfo:
    """Facts of a video's stream."""
    return wire.load(VideoInfo, row.info)


def clip_record(row: models.Clip, video: Video | None = None) -> Clip:
    return Clip(video or video_record(row.video), row.start_pts, row.end_pts, row.frames)


def materials(session: Session, clip_ids: Sequence[int], *, clips: Path) -> dict[int, Material]:
    """What stages may look at, by clip id. `clips` is the folder of clip files."""
    rows = session.scalars(select(models.Clip).where(models.Clip.id.in_(clip_ids))).all()
    scores: dict[int, dict[str, Score]] = {row.id: {} for row in rows}
    facts: dict[int, dict[str, str]] = {row.id: {} for row in rows}
    for score in session.scalars(select(models.Score).where(models.Score.clip_id.in_(clip_ids))):
        scores[score.clip_id][score.name] = Score(score.name, score.value, score.missing)
    for fact in session.scalars(select(models.Fact).where(models.Fact.clip_id.in_(clip_ids))):
        facts[fact.clip_id][fact.name] = fact.text
    videos = {row.video_id: video_record(row.video) for row in rows}
    return {
        row.id: Material(clip_record(row, videos[row.video_id]), _sheet(row, clips), scores[row.id], facts[row.id])
        for row in rows
    }


def _sheet(row: models.Clip, clips: Path) -> Sheet:
    width, height = row.sheet["tile"]
    return Sheet(str(clip_folder(clips, row.key) / "sheet.jpg"), tuple(row.sheet["times_s"]), (width, height))


def save_video(session: Session, video: Video, *, given: str, mtime_ns: int, inode: int) -> models.Video:
    """Store a video and the name it was found under. The same bytes under another name are the same row."""
    now = time.time()
    row = session.scalar(select(models.Video).where(models.Video.sha256 == video.sha256))
    if row is None:
        row = models.Video(sha256=video.sha256, size_bytes=video.size_bytes, info=wire.dump(video.info), created_at=now)
        session.add(row)
        session.flush()
    place = {"given": given, "size_bytes": video.size_bytes, "mtime_ns": mtime_ns, "inode": inode, "seen_at": now}
    name = insert_or(models.VideoPath).values(path=os.fsencode(video.path), video_id=row.id, **place)
    session.execute(name.on_conflict_do_update(index_elements=["path"], set_={"video_id": row.id, **place}))
    session.expire(row, ["paths"])
    return row


def known_video(session: Session, path: str, *, size_bytes: int, mtime_ns: int, inode: int) -> models.Video | None:
    """The video last seen at `path`, if the file has not been touched since."""
    name = session.scalar(select(models.VideoPath).where(models.VideoPath.path == os.fsencode(path)))
    if name is None or (name.size_bytes, name.mtime_ns, name.inode) != (size_bytes, mtime_ns, inode):
        return None
    name.seen_at = time.time()
    return name.video


def save_clip(session: Session, video: models.Video, found: ScannedClip, *, run_id: int | None) -> models.Clip:
    """Store a scanned clip with what was measured. The same stretch found again keeps its row, captions and decisions."""
    clip = found.clip
    row = session.scalar(select(models.Clip).where(models.Clip.key == clip.key))
    if row is None:
        row = models.Clip(
            key=clip.key, video_id=video.id, start_pts=clip.start_pts, end_pts=clip.end_pts, frames=clip.frames
        )
        row.start_s, row.end_s = clip.start_s, clip.end_s
        session.add(row)
    row.sheet = {"times_s": list(found.sheet.times_s), "tile": list(found.sheet.tile)}
    row.run_id, row.superseded = run_id, 0
    session.flush()
    save_measured(session, row.id, found.measured)
    duplicates.note(session, row.id, found.fingerprint)
    return row


def save_measured(session: Session, clip_id: int, measured: Measured) -> None:
    """Store scores and facts, in place of older ones of the same name."""
    for score in measured.scores:
        values = {"value": score.value, "missing": score.missing}
        row = insert_or(models.Score).values(clip_id=clip_id, name=score.name, **values)
        session.execute(row.on_conflict_do_update(index_elements=["clip_id", "name"], set_=values))
    for fact in measured.facts:
        line = insert_or(models.Fact).values(clip_id=clip_id, name=fact.name, text=fact.text)
        session.execute(line.on_conflict_do_update(index_elements=["clip_id", "name"], set_={"text": fact.text}))


def save_caption(
    session: Session, clip_id: int, caption: Caption, *, made: Made, parent_id: int | None = None
) -> models.Caption:
    """Append a machine's caption. It comes into force unless a person has written or decided, or it is not ok."""
    clip = session.get_one(models.Clip, clip_id)
    usage = caption.usage
    row = models.Caption(
        clip_id=clip_id, parent_id=parent_id, run_id=made.run_id, role=caption.role, text=caption.text,
        author=caption.author, model=caption.model, outcome=caption.outcome, reason=caption.reason, stage=made.stage,
        digest=made.digest, prompt_digest=caption.prompt.digest if caption.prompt else "", params=dict(made.params),
        parts=[wire.dump(part) for part in caption.parts], fields=dict(caption.fields),
        flags=[*caption.flags, *_like_others(session, clip_id, caption, made.run_id)],
        tokens_in=usage.tokens_in, tokens_out=usage.tokens_out, cost=usage.cost, seconds=usage.seconds,
        created_at=time.time(),
    )  # fmt: skip
    session.add(row)
    if caption.prompt:
        prompts.remember(session, caption.prompt)
    session.flush()
    if made.adopts and caption.role == "caption" and caption.outcome is Outcome.OK and _may_change(clip):
        clip.caption_id = row.id
    return row


def _like_others(session: Session, clip_id: int, caption: Caption, run_id: int | None) -> list[str]:
    """A flag when a model says nearly the same of clip after clip: a server that answers anything with one caption."""
    if caption.prompt is None or caption.role != "caption":
        return []
    mine = (models.Caption.run_id == run_id, models.Caption.clip_id != clip_id, models.Caption.prompt_digest != "")
    latest = session.scalars(select(models.Caption.text).where(*mine).order_by(models.Caption.id.desc()).limit(COMPARED))
    return [quality.LIKE_ANOTHER] if any(quality.alike(caption.text, other) for other in latest) else []


def _may_change(clip: models.Clip) -> bool:
    """Nobody has decided on the clip, nor written its caption."""
    by_person = clip.caption is not None and clip.caption.author == Author.PERSON
    return clip.review in ("waiting", "skipped") and not by_person


def caption_record(row: models.Caption, prompt: Prompt | None = None) -> Caption:
    """A stored caption, as rewriters and aligners see it."""
    usage = Usage(row.tokens_in, row.tokens_out, row.cost, row.seconds)
    return Caption(
        row.text, row.model, Author(row.author), Outcome(row.outcome), row.reason, row.role, prompt,
        tuple(wire.load(Part, part) for part in row.parts), dict(row.fields), tuple(row.flags), usage,
    )  # fmt: skip


def drafts(
    session: Session, materials: Mapping[int, Material], *, stages: Sequence[tuple[str, str]]
) -> dict[int, tuple[int, Draft]]:
    """For each clip the caption that a later stage takes up, with its id: the latest of `stages` that ended well.

    `stages` are names and digests, the latest first. A clip without such a caption is left out.
    """
    found: dict[int, tuple[int, Draft]] = {}
    for stage, digest in stages:
        open_ids = [clip_id for clip_id in materials if clip_id not in found]
        query = (
            select(models.Caption)
            .join(models.Result, models.Result.caption_id == models.Caption.id)
            .where(models.Result.stage == stage, models.Result.digest == digest, models.Caption.clip_id.in_(open_ids))
            .where(models.Caption.outcome == Outcome.OK, models.Caption.role == "caption")
        )
        for row in session.scalars(query):
            found[row.clip_id] = (row.id, Draft(materials[row.clip_id], caption_record(row)))
    return found


def parts_of_video(session: Session, video_id: int) -> list[Part]:
    """Timed captions of all clips of a video, with times counted from the start of the video, in their order.

    Of each clip the latest caption that has any, so that nothing is told twice."""
    query = select(models.Caption, models.Clip.start_s).join(models.Clip, models.Caption.clip_id == models.Clip.id)
    query = query.where(models.Clip.video_id == video_id, models.Clip.superseded == 0, models.Caption.outcome == Outcome.OK)
    latest: dict[int, list[Part]] = {}
    for row, start_s in session.execute(query.order_by(models.Caption.id)):
        if parts := [wire.load(Part, part) for part in row.parts]:
            latest[row.clip_id] = [Part(one.start_s + start_s, one.end_s + start_s, one.text) for one in parts]
    return sorted((part for parts in latest.values() for part in parts), key=lambda part: (part.end_s, part.start_s))


def in_force(session: Session, materials: Mapping[int, Material]) -> dict[int, tuple[int, Draft]]:
    """For each clip the caption in force with its id; clips without one are left out."""
    query = select(models.Caption).join(models.Clip, models.Clip.caption_id == models.Caption.id)
    rows = session.scalars(query.where(models.Clip.id.in_(materials)))
    return {row.clip_id: (row.id, Draft(materials[row.clip_id], caption_record(row))) for row in rows}


def save_checked(session: Session, clip_id: int, caption_id: int, checked: Checked, *, made: Made) -> None:
    """Store what an aligner found out; its scores become the clip's, unless its captions only stand beside others."""
    values = {score.name: score.value for score in checked.scores}
    mean = next(iter(values.values()), None)
    low = next((value for name, value in values.items() if name.endswith("_min")), None)
    row = insert_or(models.Check).values(
        caption_id=caption_id, stage=made.stage, digest=made.digest, model=checked.model, mean=mean, low=low,
        sentences=[wire.dump(sentence) for sentence in checked.sentences], created_at=time.time(),
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing())
    if made.adopts:
        save_measured(session, clip_id, Measured(checked.scores))


def mark(session: Session, clip_id: int, *, stage: str, digest: str, caption_id: int | None = None) -> None:
    """Note that a stage has ended on a clip, so that it is not run again."""
    row = insert_or(models.Result).values(clip_id=clip_id, stage=stage, digest=digest, caption_id=caption_id)
    session.execute(row.values(created_at=time.time()).on_conflict_do_nothing())

"""What another library knows of a clip becomes known here: by the video's content and the clip's times.

Captions, events and tags are only added. A decision made there counts here when nobody has decided here since; both stay in
the history. Scores that were measured here stay. The same again changes nothing.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import tags
from db.decisions import ACTIONS
from db.models import Caption, Clip, Event, Fact, Prompt, Score, Video, VideoPath
from db.names import shown
from pipelines import wire
from pipelines.errors import Usage
from pipelines.known import Known, KnownCaption, KnownEvent, KnownName

BY_REVIEW = {"accepted": "accept", "rejected": "reject", "skipped": "skip"}
REVIEWS = (*BY_REVIEW, "accepted_lot")
UNDECIDED = "waiting"


@dataclass(frozen=True, slots=True)
class Merged:
    """What one clip, or all of them, brought."""

    clips: int = 0
    captions: int = 0
    decisions: int = 0
    """Decisions of people, taken back ones too."""
    kept_ours: int = 0
    """Clips decided on in both, where the decision here is the later one."""

    def __add__(self, other: Merged) -> Merged:
        return Merged(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def merge(session: Session, known: Known) -> Merged:
    """Add one clip."""
    clip, is_new = _clip(session, known)
    _measured(session, clip, known)
    ids, written = _captions(session, clip, known.captions)
    decided = _events(session, clip, _with_decision(known, clip), ids)
    ours_is_later = (clip.reviewed_at or 0.0) > (known.review.at or 0.0)
    theirs_counts = is_new or (decided > 0 and not ours_is_later)
    if theirs_counts:
        clip.review, clip.reject_reason = _review(known.review.state), known.review.reason
        clip.reviewed_by, clip.reviewed_at = known.review.by, known.review.at
    if theirs_counts or (clip.caption_id is None and clip.review == UNDECIDED):
        clip.caption_id = ids[known.in_force] if known.in_force is not None else clip.caption_id
    for tag in known.tags:
        _stick(session, clip.id, tag)
    session.flush()
    return Merged(int(is_new), written, decided, int(decided > 0 and not theirs_counts))


def prompts(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add prompts that are not known; of a name that is taken with other words, as its next version."""
    for row in rows:
        if session.scalar(select(Prompt.id).where(Prompt.digest == row["digest"])) is None:
            last = session.scalar(select(func.max(Prompt.version)).where(Prompt.name == row["name"]))
            session.add(Prompt(**{**row, "version": max(row["version"], (last or 0) + 1)}))
            session.flush()


def _clip(session: Session, known: Known) -> tuple[Clip, bool]:
    record = known.record
    clip = session.scalar(select(Clip).where(Clip.key == record.key))
    if clip is not None:
        clip.sheet = clip.sheet or known.sheet
        return clip, False
    clip = Clip(
        key=record.key, video_id=_video(session, known).id, start_pts=record.start_pts, end_pts=record.end_pts,
        start_s=record.start_s, end_s=record.end_s, frames=record.frames, sheet=known.sheet,
        verdict=known.verdict, reasons=known.reasons,
    )  # fmt: skip
    session.add(clip)
    session.flush()
    return clip, True


def _video(session: Session, known: Known) -> Video:
    """Its row, with the names it had there. From a list, its name counts as moved until a file of this content is seen."""
    theirs = known.video
    row = session.scalar(select(Video).where(Video.sha256 == theirs.sha256))
    if row is None:
        info = wire.dump(theirs.info)
        row = Video(sha256=theirs.sha256, size_bytes=theirs.size_bytes, info=info, created_at=time.time())
        session.add(row)
        session.flush()
    for name in theirs.names or [KnownName(theirs.path, shown(theirs.path))]:
        _name(session, row, name)
    return row


def _name(session: Session, video: Video, name: KnownName) -> None:
    path = os.fsencode(name.path)
    if path and session.scalar(select(VideoPath.id).where(VideoPath.path == path)) is None:
        known = {"mtime_ns": name.mtime_ns, "inode": name.inode, "seen_at": name.seen_at}
        session.add(VideoPath(video_id=video.id, path=path, given=name.given, size_bytes=video.size_bytes, **known))
        session.flush()


def _measured(session: Session, clip: Clip, known: Known) -> None:
    """Scores and facts that are not known here."""
    scores = {row.name: row for row in session.scalars(select(Score).where(Score.clip_id == clip.id))}
    for name, given in known.scores.items():
        value = given if given is not None and math.isfinite(given) else None
        if name not in scores:
            missing = None if value is not None else known.missing.get(name, "it could not be measured")
            session.add(Score(clip_id=clip.id, name=name, value=value, missing=missing))
        elif scores[name].value is None and value is not None:
            scores[name].value, scores[name].missing = value, None
    facts = set(session.scalars(select(Fact.name).where(Fact.clip_id == clip.id)))
    session.add_all(Fact(clip_id=clip.id, name=name, text=text) for name, text in known.facts.items() if name not in facts)


def _captions(session: Session, clip: Clip, theirs: list[KnownCaption]) -> tuple[list[int], int]:
    """The id here of each of their captions, and how many of them are new."""
    here = {_same(row, row.created_at): row.id for row in session.scalars(select(Caption).where(Caption.clip_id == clip.id))}
    ids: list[int] = []
    written = 0
    for one in theirs:
        if (known := here.get(_same(one, one.at))) is None:
            row = _row(clip, one, None if one.parent is None or one.parent >= len(ids) else ids[one.parent])
            session.add(row)
            session.flush()
            known, written = row.id, written + 1
        ids.append(known)
    return ids, written


def _same(caption: Caption | KnownCaption, at: float) -> tuple[str, str, str, str, float]:
    return caption.text, caption.author, caption.by, caption.model, round(at, 3)


def _row(clip: Clip, one: KnownCaption, parent_id: int | None) -> Caption:
    given = {name: getattr(one, name) for name in one.__slots__ if name not in ("at", "prompt", "parent")}
    return Caption(clip_id=clip.id, parent_id=parent_id, prompt_digest=one.prompt, created_at=one.at, **given)


def _with_decision(known: Known, clip: Clip) -> list[KnownEvent]:
    """Their events; where a list tells a review without what led to it, also the decision that must have been made."""
    review = known.review
    if review.state not in BY_REVIEW or any(event.kind in ACTIONS for event in known.events):
        return known.events
    before = {"review": UNDECIDED, "reason": None, "by": None, "at": None, "caption": None}
    after = {"review": review.state, "reason": review.reason, "by": review.by, "at": review.at, "caption": known.in_force}
    key, detail = f"import {clip.key} {review.at or 0:.3f}", {"version": 1, "before": before, "after": after}
    return [*known.events, KnownEvent(key, review.at or 0.0, review.by or "", BY_REVIEW[review.state], detail)]


def _events(session: Session, clip: Clip, theirs: list[KnownEvent], ids: list[int]) -> int:
    """Add what happened there and is not known; how many of it are decisions, by which the clip's version goes up."""
    keys = [event.key for event in theirs]
    known = set(session.scalars(select(Event.key).where(Event.key.in_(keys))))
    decided = 0
    for event in (one for one in theirs if one.key not in known):
        detail = _numbered(event.detail, ids)
        if event.kind in ACTIONS:
            decided += 1
            detail |= {"version": (clip.version or 0) + decided}
        row = replace(event, detail=detail)
        session.add(Event(key=row.key, at=row.at, actor=row.actor, kind=row.kind, clip_id=clip.id, detail=row.detail))
    clip.version = (clip.version or 0) + decided
    return decided


def _numbered(detail: Any, ids: list[int]) -> Any:
    """With ids of captions here in place of their places there."""
    if not isinstance(detail, dict):
        return detail
    plain = {name: _numbered(value, ids) for name, value in detail.items() if name != "caption"}
    if "caption" not in detail:
        return plain
    place = detail["caption"]
    return plain | {"caption_id": ids[place] if isinstance(place, int) and 0 <= place < len(ids) else None}


def _review(state: str) -> str:
    return state if state in REVIEWS else UNDECIDED


def _stick(session: Session, clip_id: int, tag: str) -> None:
    try:
        tags.add(session, [clip_id], tag, by="")
    except Usage:  # what is no tag here cannot be kept
        return

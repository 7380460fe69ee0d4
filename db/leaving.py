"""Which pairs leave: clips by what was decided about them, and of each the captions that were asked for."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from db import clips, filters, results, samples
from db.models import Caption, Clip, Video, VideoPath
from pipelines.estimate import Extent
from pipelines.records import Outcome, State
from pipelines.selection import Selection, choose

PAGE = 500
"""Clips looked at together."""
VIDEOS = 2000
"""Videos summed up together."""
ACCEPTED, BY_LOT, REJECTED = "accepted", "accepted_lot", "rejected"
_reviewed = Clip.review.in_((ACCEPTED, BY_LOT))
WHICH: dict[str, ColumnElement[bool]] = {
    "accepted": Clip.review == ACCEPTED,
    "lot": Clip.review == BY_LOT,
    "reviewed": _reviewed,
    "kept": or_(_reviewed, and_(Clip.verdict == State.KEPT.value, Clip.review != REJECTED)),
    "all": and_(Clip.review != REJECTED, Clip.caption_id.is_not(None)),
    "everything": true(),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A clip with the caption that leaves with it; without one it is left out, unless the format keeps such clips."""

    clip_id: int
    caption_id: int | None
    take: int = 0
    part: str = ""


def plan(session: Session, wanted: Selection) -> Iterator[list[Pair]]:
    """All pairs, a page at a time, ordered by the video's name, then by time, then by draw."""
    places = _places(session, wanted)
    while page := list(islice(places, PAGE)):
        yield list(_pairs(session, dict(page), wanted))


def _places(session: Session, wanted: Selection) -> Iterator[tuple[int, str]]:
    """The clips in order, each with the part it belongs to."""
    condition = _condition(session, wanted)
    for video_id in _videos_by_name(session, condition):
        sha256 = session.scalar(select(Video.sha256).where(Video.id == video_id)) or ""
        part = wanted.split(sha256) if wanted.validation else ""
        of_video = (
            select(Clip.id).where(condition, Clip.video_id == video_id).order_by(Clip.start_pts, Clip.end_pts, Clip.id)
        )
        yield from ((clip_id, part) for clip_id in session.scalars(of_video).all())


def extents(session: Session, wanted: Selection) -> Iterator[Extent]:
    """How much leaves of each video, reckoned in SQL alone: clips that may have a fitting caption.

    Some videos at a time, since SQLite keeps in memory what it sorts.
    """
    said = (Caption.outcome == Outcome.OK.value, func.trim(Caption.text) != "")
    in_force = wanted.caption.strip() == "in_force"
    link = Clip.caption_id == Caption.id if in_force else Caption.clip_id == Clip.id
    condition, of_these = _condition(session, wanted), aliased(Clip)
    theirs = select(of_these.id).where(of_these.video_id.in_(bindparam("some", expanding=True)))
    found = (
        select(Clip.video_id, Clip.id, (Clip.end_s - Clip.start_s).label("seconds"), func.count().label("captions"))
        .join(Caption, link)
        .where(Clip.id.in_(theirs), condition, *said)
        .group_by(Clip.id)
        .subquery()
    )
    pairs = func.sum(func.min(found.c.captions, wanted.each))
    sums: Select[Any] = select(Video, func.count(), func.sum(found.c.seconds), pairs).join(
        found, found.c.video_id == Video.id
    )
    videos = array("q", session.scalars(select(Clip.video_id).where(condition).distinct()))
    for at in range(0, len(videos), VIDEOS):
        some = {"some": videos[at : at + VIDEOS].tolist()}
        for row in session.execute(sums.group_by(Video.id), some):
            video, clip_count, seconds, leaving = row._tuple()
            yield Extent(results.info_of(video), video.size_bytes, leaving, clip_count, seconds)


def count(session: Session, wanted: Selection) -> int:
    """Pairs that would leave, reckoned in SQL alone."""
    if wanted.caption.strip() != "in_force" or wanted.each != 1:
        return sum(extent.pairs for extent in extents(session, wanted))
    said = (Caption.outcome == Outcome.OK.value, func.trim(Caption.text) != "")
    pairs = select(func.count()).select_from(Clip).join(Caption, Clip.caption_id == Caption.id)
    return session.scalar(pairs.where(_condition(session, wanted), *said)) or 0


def _condition(session: Session, wanted: Selection) -> ColumnElement[bool]:
    """Raises `Usage` for a condition that cannot be understood."""
    names = {"scores": clips.score_names(session), "facts": clips.fact_names(session)} if wanted.where else {}
    where = filters.parse_where(wanted.where, **names)
    return and_(WHICH[wanted.which], *where.conditions())


def _videos_by_name(session: Session, condition: ColumnElement[bool]) -> array[int]:
    """Ids of the videos that have such clips; eight bytes each, as there may be very many."""
    wanted = select(Clip.video_id).where(condition).distinct()
    paths = select(VideoPath.video_id, VideoPath.path).where(VideoPath.video_id.in_(wanted)).order_by(VideoPath.seen_at)
    latest = {video_id: os.path.basename(path) for video_id, path in session.execute(paths)}  # noqa: PTH119 - bytes
    return array("q", sorted(session.scalars(wanted), key=lambda video_id: (latest.get(video_id, b""), video_id)))


def _pairs(session: Session, parts: Mapping[int, str], wanted: Selection) -> Iterator[Pair]:
    """`parts`: of each clip, in order."""
    if wanted.caption.strip() == "in_force" and wanted.each == 1:
        in_force = dict(session.execute(select(Clip.id, Clip.caption_id).where(Clip.id.in_(parts))).tuples().all())
        yield from (Pair(clip_id, in_force[clip_id], 0, part) for clip_id, part in parts.items())
        return
    stories = samples.stories(session, list(parts))
    for clip_id, part in parts.items():
        story = stories[clip_id]
        chosen = choose(story.captions, story.in_force, wanted, key=story.key)
        for take, place in enumerate(chosen):
            yield Pair(clip_id, story.caption_ids[place], take, part)
        if not chosen:
            yield Pair(clip_id, None, 0, part)

"""Clips as people see them: pages of them, all about some of them, and how their numbers lie.

One query a table, never one a clip; pages go on from the last clip seen, never by counting from the start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, cast, func, select, true
from sqlalchemy.orm import Session

from db.filters import ClipFilter
from db.models import Base, Caption, Clip, Event, Fact, Score, Video, VideoPath
from pipelines import wire
from pipelines.records import VideoInfo

EVERYTHING = ClipFilter()
IN_ONE_QUERY = 500


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

    @property
    def caption(self) -> CaptionView | None:
        """The caption in force."""
        return next((caption for caption in self.captions if caption.id == self.caption_id), None)


@dataclass(frozen=True, slots=True)
class Page:
    """Some clips, and where the next page goes on; `after` is None on the last."""

    clips: list[ClipView]
    after: int | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of a score lie between `low` and `high`, in bins of equal width."""

    name: str
    low: float
    high: float
    counts: tuple[int, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a clip's history."""

    key: str
    at: float
    actor: str
    kind: str
    detail: dict[str, Any]


def page(
    session: Session, wanted: ClipFilter = EVERYTHING, *, after: int | None = None, limit: int = 60, newest: bool = True
) -> Page:
    """The clips that follow clip `after` in the order asked for; from the start without it."""
    query = select(Clip.id).where(*wanted.conditions()).order_by(Clip.id.desc() if newest else Clip.id).limit(limit + 1)
    if not wanted.is_narrow:  # walk along the ids and stop when the page is full, instead of sorting what an index gives
        query = query.with_hint(Clip, "NOT INDEXED", "sqlite")
    if after is not None:
        query = query.where(Clip.id < after if newest else Clip.id > after)
    ids = list(session.scalars(query))
    return Page(describe(session, ids[:limit]), ids[limit - 1] if len(ids) > limit else None)


def count(session: Session, wanted: ClipFilter = EVERYTHING) -> int:
    return session.scalar(select(func.count()).select_from(Clip).where(*wanted.conditions())) or 0


def ids(session: Session, wanted: ClipFilter = EVERYTHING) -> list[int]:
    """All that pass, oldest first; fit for describing in portions."""
    return list(session.scalars(select(Clip.id).where(*wanted.conditions()).order_by(Clip.id)))


def find(session: Session, name: str) -> ClipView | None:
    """The clip with this number or key; the start of a key is enough when no other begins so."""
    wanted = Clip.id == int(name) if name.isdecimal() and len(name) < 19 else Clip.key.startswith(name, autoescape=True)
    found = list(session.scalars(select(Clip.id).where(wanted).limit(2)))
    return describe(session, found)[0] if len(found) == 1 else None


def describe(session: Session, clip_ids: Sequence[int]) -> list[ClipView]:
    """All about these clips, in the order given; ids that are no clip are left out."""
    views: list[ClipView] = []
    for start in range(0, len(clip_ids), IN_ONE_QUERY):
        views += _describe(session, clip_ids[start : start + IN_ONE_QUERY])
    return views


def history(session: Session, clip_id: int) -> list[Happening]:
    """What people did with a clip, oldest first."""
    events = session.scalars(select(Event).where(Event.clip_id == clip_id).order_by(Event.id))
    return [Happening(event.key, event.at, event.actor, event.kind, event.detail) for event in events]


def score_names(session: Session) -> list[str]:
    """Every score that was ever measured or missed."""
    return _distinct(session, Score.name)


def fact_names(session: Session) -> list[str]:
    return _distinct(session, Fact.name)


def reasons(session: Session, wanted: ClipFilter = EVERYTHING) -> list[tuple[str, int]]:
    """Why clips are dropped or cannot be judged, most frequent first. A clip with two reasons counts under both."""
    given = func.json_each(Clip.reasons).table_valued("value")
    query = select(given.c.value, func.count()).select_from(Clip).join(given, Clip.id.is_not(None))
    rows = session.execute(query.where(*wanted.conditions()).group_by(given.c.value)).all()
    return sorted(((str(row[0]), int(row[1])) for row in rows), key=lambda row: (-row[1], row[0]))


def tallies(session: Session, wanted: ClipFilter = EVERYTHING) -> dict[str, dict[str, int]]:
    """How many clips have each verdict and each review state: `{"verdict": {...}, "review": {...}}`."""
    found: dict[str, dict[str, int]] = {"verdict": defaultdict(int), "review": defaultdict(int)}
    query = select(Clip.verdict, Clip.review, func.count()).where(*wanted.conditions()).group_by(Clip.verdict, Clip.review)
    for verdict, review, number in session.execute(query):
        found["verdict"][verdict or "pending"] += number
        found["review"][review] += number
    return {name: dict(counts) for name, counts in found.items()}


def histogram(session: Session, name: str, *, bins: int = 24) -> Histogram:
    """How a score lies over all clips that are not superseded. Without any value it has no bins."""
    gone = select(Clip.id).where(Clip.superseded == 1)  # few; looking every clip up would take longer
    rows = select(Score.value).where(Score.name == name, Score.clip_id.not_in(gone))
    here = rows.subquery()
    value = here.c.value
    found: Any = session.execute(
        select(func.min(value), func.max(value), func.count(value), func.count()).select_from(here)
    ).one()
    low, high, given, total = found
    if low is None:
        return Histogram(name, 0.0, 0.0, (), total)
    width = (high - low) / bins or 1.0
    place = func.min(cast((value - low) / width, Integer), bins - 1)
    bars: dict[int, int] = dict(
        session.execute(select(place, func.count()).where(value.is_not(None)).group_by(place)).tuples().all()
    )
    return Histogram(name, low, high, tuple(bars.get(index, 0) for index in range(bins)), total - given)


def _distinct(session: Session, column: Any) -> list[str]:
    """The few names in a long column, by hopping along its index instead of reading all of it."""
    names: list[str] = []
    after: ColumnElement[bool] = true()
    while (name := session.scalar(select(func.min(column)).where(after))) is not None:
        names.append(name)
        after = column > name
    return names


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
    return [
        _view(clip, infos[clip.video_id], names.get(clip.video_id, ""), scores[clip.id], facts[clip.id], captions[clip.id])
        for clip in (clips[clip_id] for clip_id in clip_ids if clip_id in clips)
    ]


def _first_names(session: Session, videos: Iterable[int]) -> dict[int, str]:
    query = select(VideoPath.video_id, VideoPath.given).where(VideoPath.video_id.in_(videos)).order_by(VideoPath.id.desc())
    return dict(session.execute(query).tuples().all())


def _by_clip(session: Session, table: type[Base], clip_ids: Sequence[int], order: Any) -> defaultdict[int, list[Any]]:
    columns = table.__table__.columns
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(select(*columns).where(columns.clip_id.in_(clip_ids)).order_by(order)):
        found[row.clip_id].append(row)
    return found


def _view(clip: Row[Any], info: VideoInfo, video: str, scores: list[Any], facts: list[Any], captions: list[Any]) -> ClipView:
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
        captions=tuple(_caption(caption) for caption in captions),
        caption_id=clip.caption_id,
        review=clip.review,
        reject_reason=clip.reject_reason,
        reviewed_by=clip.reviewed_by,
        reviewed_at=clip.reviewed_at,
        version=clip.version,
        superseded=bool(clip.superseded),
    )


def _caption(row: Any) -> CaptionView:
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
    )

"""Rows as samples: a clip with everything that is known of it, as exporters see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db import results
from db.models import Caption, Clip, Event, Fact, Score, Tag, Video
from pipelines import records
from pipelines.records import Author, Happened, KeptCaption, Outcome, Review, Sample
from pipelines.selection import TRAIN

MADE = ("params", "parts", "fields", "flags", "tokens_in", "tokens_out", "cost", "seconds")


class Leaving(Protocol):
    """What says which pair is wanted: a planned pair or the row that keeps it."""

    @property
    def clip_id(self) -> int: ...
    @property
    def caption_id(self) -> int | None: ...
    @property
    def take(self) -> int: ...
    @property
    def part(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Story:
    """All captions of one clip, oldest first."""

    key: str
    captions: tuple[KeptCaption, ...]
    caption_ids: tuple[int, ...]
    in_force: int | None

    def place(self, caption_id: int | None) -> int | None:
        return self.caption_ids.index(caption_id) if caption_id in self.caption_ids else None


def of(session: Session, pairs: Sequence[Leaving]) -> list[Sample]:
    """The samples of these pairs, in their order; a pair whose clip is gone is left out."""
    ids = list(dict.fromkeys(pair.clip_id for pair in pairs))
    rows = {row.id: row for row in session.scalars(select(Clip).where(Clip.id.in_(ids)))}
    told = stories(session, ids)
    known = _Known(session, ids, {row.video_id for row in rows.values()}, told)
    return [_sample(rows[pair.clip_id], told[pair.clip_id], pair, known) for pair in pairs if pair.clip_id in rows]


def stories(session: Session, clip_ids: Sequence[int]) -> dict[int, Story]:
    """The captions of these clips."""
    rows: dict[int, list[Caption]] = defaultdict(list)
    for row in session.scalars(select(Caption).where(Caption.clip_id.in_(clip_ids)).order_by(Caption.id)):
        rows[row.clip_id].append(row)
    in_force = session.execute(select(Clip.id, Clip.key, Clip.caption_id).where(Clip.id.in_(clip_ids))).all()
    return {clip_id: _story(key, rows[clip_id], caption_id) for clip_id, key, caption_id in in_force}


class _Known:
    """What is kept in tables of their own, by clip."""

    def __init__(self, session: Session, ids: Sequence[int], video_ids: set[int], told: Mapping[int, Story]) -> None:
        videos = session.scalars(select(Video).where(Video.id.in_(video_ids)))
        self.videos = {row.id: results.video_record(row) for row in videos}
        self.scores: dict[int, list[Score]] = defaultdict(list)
        self.facts: dict[int, dict[str, str]] = defaultdict(dict)
        self.tags: dict[int, list[str]] = defaultdict(list)
        self.events: dict[int, list[Happened]] = defaultdict(list)
        for score in session.scalars(select(Score).where(Score.clip_id.in_(ids)).order_by(Score.name)):
            self.scores[score.clip_id].append(score)
        for fact in session.scalars(select(Fact).where(Fact.clip_id.in_(ids)).order_by(Fact.name)):
            self.facts[fact.clip_id][fact.name] = fact.text
        for tag in session.scalars(select(Tag).where(Tag.clip_id.in_(ids)).order_by(Tag.tag)):
            self.tags[tag.clip_id].append(tag.tag)
        for event in session.scalars(select(Event).where(_about(ids)).order_by(Event.id)):
            self.events[event.clip_id or 0].append(_happened(event, told[event.clip_id or 0]))


def _about(ids: Sequence[int]) -> ColumnElement[bool]:
    return Event.clip_id.in_(ids)


def _sample(row: Clip, story: Story, pair: Leaving, known: _Known) -> Sample:
    chosen = story.place(pair.caption_id)
    says = chosen is not None and story.captions[chosen].caption.outcome is Outcome.OK
    scores = known.scores[row.id]
    return Sample(
        clip=records.Clip(known.videos[row.video_id], row.start_pts, row.end_pts, row.frames),
        text=story.captions[chosen].caption.text if chosen is not None and says else "",
        scores={score.name: score.value for score in scores},
        review=Review(row.review, row.reviewed_by, row.reviewed_at, row.reject_reason),
        missing={score.name: score.missing for score in scores if score.missing is not None},
        facts=known.facts[row.id],
        tags=tuple(known.tags[row.id]),
        verdict=row.verdict,
        reasons=tuple(row.reasons),
        captions=story.captions,
        in_force=story.in_force,
        chosen=chosen if says else None,
        take=pair.take,
        split=pair.part or TRAIN,
        events=tuple(known.events[row.id]),
    )


def _story(key: str, rows: Sequence[Caption], in_force: int | None) -> Story:
    places = {row.id: place for place, row in enumerate(rows)}
    captions = tuple(_kept(row, places) for row in rows)
    return Story(key, captions, tuple(places), places.get(in_force) if in_force is not None else None)


def _kept(row: Caption, places: Mapping[int, int]) -> KeptCaption:
    words = records.Caption(row.text, row.model, Author(row.author), Outcome(row.outcome), row.reason)
    parent = places.get(row.parent_id) if row.parent_id is not None else None
    return KeptCaption(
        words, row.by, row.role, row.stage, row.digest, row.prompt_digest, parent,
        {name: getattr(row, name) for name in MADE}, row.created_at,
    )  # fmt: skip


def _happened(row: Event, story: Story) -> Happened:
    return Happened(row.key, row.at, row.actor, row.kind, _portable(row.detail, story))


def _portable(detail: Any, story: Story) -> Any:
    """Without ids of this library: a caption is named by its place among those of its clip."""
    if not isinstance(detail, dict):
        return detail
    named = {name: _portable(value, story) for name, value in detail.items() if name != "caption_id"}
    return {**named, "caption": story.place(detail["caption_id"])} if "caption_id" in detail else named

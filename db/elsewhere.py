"""Another Clapper's database, read without touching it: a copy is brought up to date, and each clip told with all it has."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import backup, results, tags
from db.models import Caption, Clip, Event, Fact, Prompt, Score
from db.session import Store, open_store
from pipelines.known import Known, KnownCaption, KnownClip, KnownEvent, KnownName, KnownReview, KnownVideo
from pipelines.records import Author, Outcome, State

MAGIC = b"SQLite format 3\x00"
PORTION = 200
WORDS = ("text", "by", "model", "reason", "role", "stage", "digest")
MADE = ("params", "parts", "fields", "flags", "tokens_in", "tokens_out", "cost", "seconds")
PROMPT = ("digest", "name", "version", "text", "system", "tags", "note", "by", "created_at")


def database(path: Path) -> Path | None:
    """The database at `path`, or in the data folder `path`; None for anything else."""
    inside = path / backup.DATABASE if path.is_dir() else path
    try:
        with inside.open("rb") as file:
            return inside if file.read(len(MAGIC)) == MAGIC else None
    except OSError:
        return None


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """A copy of the database at `path`, of one moment. Raises `ClapperError` for one that is damaged or newer."""
    with tempfile.TemporaryDirectory(prefix="clapper-") as folder:
        backup.backup(path, Path(folder) / "copy")
        store = open_store(Path(folder) / "copy" / backup.DATABASE)
        try:
            yield store
        finally:
            store.close()


def prompts(store: Store) -> list[dict[str, Any]]:
    """The words that its captions were asked with, oldest first."""
    columns = ("digest", "name", "version", "text", "system", "tags", "note", "by", "created_at")
    with store.read() as session:
        return [
            {name: getattr(row, name) for name in columns} for row in session.scalars(select(Prompt).order_by(Prompt.id))
        ]


def read(store: Store) -> Iterator[list[Known]]:
    """All clips that are not superseded, some hundred at a time, oldest first."""
    after = 0
    while True:
        with store.read() as session:
            wanted = select(Clip).where(Clip.id > after, Clip.superseded == 0).order_by(Clip.id).limit(PORTION)
            clips = session.scalars(wanted).all()
            if not clips:
                return
            after = clips[-1].id
            yield _known(session, clips)


def _known(session: Session, clips: Sequence[Clip]) -> list[Known]:
    ids = [clip.id for clip in clips]
    scores, facts, captions, events = (_by_clip(session, table, ids) for table in (Score, Fact, Caption, Event))
    stuck = tags.of(session, ids)
    return [
        Known(
            video=_video(clip),
            clip=KnownClip(clip.start_pts, clip.end_pts, clip.frames),
            verdict=State(clip.verdict) if clip.verdict else None,
            reasons=list(clip.reasons),
            review=KnownReview(clip.review, clip.reviewed_by, clip.reviewed_at, clip.reject_reason),
            scores={score.name: score.value for score in scores[clip.id]},
            missing={score.name: score.missing for score in scores[clip.id] if score.missing},
            facts={fact.name: fact.text for fact in facts[clip.id]},
            tags=list(stuck[clip.id]),
            sheet=clip.sheet,
            **_words(captions[clip.id], events[clip.id], clip.caption_id),
        )
        for clip in clips
    ]


def _by_clip(session: Session, table: Any, ids: Sequence[int]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    order = table.name if table in (Score, Fact) else table.id
    rows: list[Any] = list(session.scalars(select(table).where(table.clip_id.in_(ids)).order_by(order)))
    for row in rows:
        found[row.clip_id].append(row)
    return found


def _video(clip: Clip) -> KnownVideo:
    record = results.video_record(clip.video)
    names = [KnownName(os.fsdecode(one.path), one.given, one.mtime_ns, one.inode, one.seen_at) for one in clip.video.paths]
    return KnownVideo(record.sha256, record.size_bytes, record.path, record.info, names)


def _words(captions: Sequence[Caption], events: Sequence[Event], in_force: int | None) -> dict[str, Any]:
    """Captions and events that name each other by place instead of by id."""
    places: dict[int | None, int] = {caption.id: place for place, caption in enumerate(captions)}
    told = [_caption(one, places) for one in captions]
    happened = [KnownEvent(one.key, one.at, one.actor, one.kind, _placed(one.detail, places)) for one in events]
    return {"captions": told, "in_force": places.get(in_force), "events": happened}


def _caption(row: Caption, places: dict[int | None, int]) -> KnownCaption:
    return KnownCaption(
        **{name: getattr(row, name) for name in (*WORDS, *MADE)},
        author=Author(row.author),
        outcome=Outcome(row.outcome),
        at=row.created_at,
        prompt=row.prompt_digest,
        parent=places.get(row.parent_id),
    )


def _placed(detail: Any, places: dict[int | None, int]) -> Any:
    if not isinstance(detail, dict):
        return detail
    plain = {name: _placed(value, places) for name, value in detail.items() if name != "caption_id"}
    return plain | ({"caption": places.get(detail["caption_id"])} if "caption_id" in detail else {})


def clip_files(path: Path, key: str) -> Path | None:
    """Where the pictures of a clip lie beside a database, if they do."""
    folder = path.parent / backup.CLIPS / key[:2] / key
    return folder if os.path.isdir(folder) else None  # noqa: PTH112 - asked once a clip

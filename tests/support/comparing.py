"""Clips with several captions, and people who vote on them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import ballots, comparisons, matches
from db.ballots import BallotView
from db.comparisons import Vote, Voted
from db.matches import Asked
from db.models import Caption, Clip
from db.session import Store
from tests.support.library import Made, add_clip

MODELS = ("sparrow-7b", "heron-2b", "owl-72b")
"""Names that occur in no word of any caption."""


def say(session: Session, clip: Clip, text: str, *, model: str = "", **more: Any) -> int:
    """One more caption; by a person where no model is named."""
    author = {"author": "machine", "model": model, "stage": "vlm"} if model else {"author": "person", "by": "ann"}
    caption = Caption(clip_id=clip.id, text=text, created_at=time.time(), **(author | more))
    session.add(caption)
    session.flush()
    return caption.id


def compared_clip(session: Session, words: Mapping[str, str], made: Made | None = None) -> Clip:
    """A clip with a caption by each of these models, the first in force."""
    clip = add_clip(session, made or Made(None))
    ids = [say(session, clip, text, model=model) for model, text in words.items()]
    clip.caption_id = ids[0]
    return clip


def clips_of(store: Store, number: int, models: tuple[str, ...] = MODELS[:2]) -> list[int]:
    """So many clips with a caption by each model."""
    with store.write() as session:
        return [
            compared_clip(
                session, {model: f"Clip {n}, take {take}." for take, model in zip("abcdef", models, strict=False)}
            ).id
            for n in range(number)
        ]


def claim(store: Store, actor: str, *, limit: int = 1, held: tuple[int, ...] = (), **asked: Any) -> list[BallotView]:
    """As the route does it."""
    wanted = Asked(**asked)
    with store.write() as session:
        clips = ballots.renew(session, actor, held)
    with store.read() as session:
        found = matches.find(session, actor, wanted, limit=2 * limit, without=clips)
    with store.write() as session:
        return ballots.lend(session, actor, found, wanted, limit=limit)


def choose(store: Store, actor: str, ballot: BallotView, choice: int | None, *, version: int = 0, key: str = "") -> Voted:
    with store.write() as session:
        name = key or f"{actor}-{ballot.id}-{version}"
        return comparisons.vote(session, Vote(name, ballot.id, version, choice), actor)


def prefer(store: Store, actor: str, ballot: BallotView, model: str) -> Voted:
    """Vote for the column of this model."""
    with store.read() as session:
        by_text = dict(
            session.execute(select(Caption.text, Caption.model).where(Caption.clip_id == ballot.clip.id)).tuples().all()
        )
    column = next(place for place, one in enumerate(ballot.columns, 1) if by_text[one.text] == model)
    return choose(store, actor, ballot, column)

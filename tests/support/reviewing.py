"""A small library to review, and what reviewers do to it."""

from __future__ import annotations

from db import decisions, reviews, views
from db.decisions import Conflict, Decided, Decision
from db.session import Store
from tests.support.library import Made, add_clip


def eight_clips(store: Store) -> Store:
    """Eight clips of which 1, 2 and 8 wait for review and 3 was skipped."""
    with store.write() as session:
        for made in (
            Made(),
            Made(),
            Made(review="skipped"),
            Made(verdict="dropped"),
            Made(None),
            Made(superseded=1),
            Made(outcome="truncated"),
            Made("A rabbit."),
        ):
            add_clip(session, made)
    return store


def claimed(store: Store, actor: str, **how: object) -> list[int]:
    with store.write() as session:
        return [clip.id for clip in reviews.claim(session, actor, **how)]  # type: ignore[arg-type]


def decide(store: Store, decision: Decision, actor: str = "ann") -> Decided | Conflict:
    with store.write() as session:
        return decisions.decide(session, decision, actor)


def clip_now(store: Store, clip_id: int) -> views.ClipView:
    with store.read() as session:
        return views.describe(session, [clip_id])[0]

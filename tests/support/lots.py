"""Lots to check by sample, and people who look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import decisions, spotchecks, verdicts
from db.decisions import Decision
from db.models import Clip, Sample
from db.sampling import Wish
from db.session import Store
from db.verdicts import Card
from tests.support.library import Made, add_clip

SEED = 4


def add_lot(store: Store, clips: int, *, made: Made | None = None) -> None:
    """Clips that wait for review, numbered on from those that are there."""
    with store.write() as session:
        for _ in range(clips):
            add_clip(session, made)


def drawn(store: Store, wish: Wish | None = None, *, key: str = "key-of-draw") -> int:
    with store.write() as session:
        return spotchecks.draw(session, wish or Wish(), by="ann", key=key, seed=SEED)


def card(store: Store, lot: int) -> Card:
    with store.read() as session:
        return verdicts.card(session, session.get_one(Sample, lot))


def sampled(store: Store, lot: int) -> list[int]:
    """The drawn clips, in the order in which they are to be looked at."""
    with store.read() as session:
        return [item.clip_id for item in verdicts.items(session, lot)]


def judge(store: Store, clip_ids: Iterable[int], *, bad: Callable[[int], bool] = lambda _: False, who: str = "ann") -> None:
    """Reject the bad ones, accept the others."""
    with store.write() as session:
        for clip_id in clip_ids:
            say(session, clip_id, "reject" if bad(clip_id) else "accept", who=who)


def say(session: Session, clip_id: int, action: str, *, who: str = "ann", text: str = "") -> str:
    """A decision on the clip as it is; its key."""
    clip = session.get_one(Clip, clip_id)
    key = f"{who} {action} {clip_id} {clip.version}"
    reason = "caption: invents something" if action == "reject" else ""
    decisions.decide(session, Decision(key, clip_id, clip.version, action, reason=reason, text=text), who)
    return key


def reviews(store: Store) -> dict[int, str]:
    with store.read() as session:
        return dict(session.execute(select(Clip.id, Clip.review)).tuples().all())

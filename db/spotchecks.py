"""Deciding a lot of clips by looking at a few: plans, draws, and lots that are accepted, rejected and taken back.

A lot is fixed when its sample is drawn: these clips with these captions. What people say of the drawn ones is read from the
clips themselves, so the desk they are decided at knows nothing of samples.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.orm import Session

from db import sampling, verdicts
from db.models import Clip, Event, LotClip, Sample, SampleItem
from db.reviews import reviewable
from db.sampling import Wish
from db.stats.draws import Pick
from db.verdicts import Card
from pipelines.errors import Usage

DRAWN, ACCEPTED, REJECTED, TAKEN_BACK, CLOSED = "lot_drawn", "lot_accepted", "lot_rejected", "lot_taken_back", "lot_closed"
KINDS = (DRAWN, ACCEPTED, REJECTED, TAKEN_BACK, CLOSED)
"""Of events about whole lots."""


def draw(session: Session, wish: Wish, *, by: str, key: str, seed: int | None = None) -> int:
    """Fix the lot and draw its sample; the number of the spot check. A repeated `key` draws nothing again."""
    wish.check()
    if known := _known(session, key, DRAWN):
        return known
    members = sampling.members(session, wish)
    if not members:
        raise Usage("no clip waits for review in this selection; choose another, or run the captioning first")
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    plan, picks = sampling.draw(session, wish, list(members), seed=seed)
    sample = Sample(
        name=wish.name.strip(), plan=asdict(wish), seed=seed, lot_size=len(members), size=len(picks), allowed=plan.allowed,
        by=by, created_at=time.time(),
    )  # fmt: skip
    session.add(sample)
    session.flush()
    rows = [{"sample_id": sample.id, "clip_id": clip_id, "caption_id": caption} for clip_id, caption in members.items()]
    session.execute(insert(LotClip), rows)
    session.execute(insert(SampleItem), [_item(sample.id, at, pick) for at, pick in enumerate(picks)])
    _note(session, sample, DRAWN, by=by, key=key, seed=seed, clips=len(members), size=len(picks))
    return sample.id


def _item(sample_id: int, position: int, pick: Pick) -> dict[str, Any]:
    found = {"clip_id": pick.item, "stratum": pick.stratum, "probability": pick.probability}
    return {"sample_id": sample_id, "position": position, **found}


def accept(session: Session, sample_id: int, *, by: str, key: str) -> int:
    """Accept what was not looked at, if the sample passed; how many clips. Clips that changed since are left as they are."""
    if _known(session, key, ACCEPTED):
        return count(session, sample_id)
    sample = open_one(session, sample_id)
    card = verdicts.card(session, sample)
    if card.state != "passed":
        raise Usage(f"lot {sample_id} has not passed; look at the rest of its sample, or reject it")
    mine = exists().where(LotClip.sample_id == sample_id, LotClip.clip_id == Clip.id, LotClip.caption_id == Clip.caption_id)
    number = _move(session, [*reviewable(), Clip.review == "waiting", mine], review="accepted_lot", by=by)
    _decide(session, sample, "accepted", ACCEPTED, card=card, by=by, key=key, clips=number)
    return number


def reject(session: Session, sample_id: int, *, by: str, key: str, note: str = "") -> None:
    """Let the clips wait for people again, with a note that their lot did not pass."""
    if _known(session, key, REJECTED):
        return
    sample = open_one(session, sample_id)
    sample.note = note.strip()
    _decide(session, sample, "rejected", REJECTED, card=verdicts.card(session, sample), by=by, key=key, note=note.strip())


def take_back(session: Session, sample_id: int, *, by: str, key: str) -> int:
    """Let the clips of an accepted lot wait again, save those that a person has decided on since; how many."""
    if known := session.scalar(select(Event).where(Event.key == key, Event.kind == TAKEN_BACK)):
        return int(known.detail["clips"])
    sample = _one(session, sample_id)
    if sample.state != "accepted":
        raise Usage(f"lot {sample_id} is not accepted, so there is nothing to take back")
    sample.state = "taken_back"
    number = _move(session, [_of_lot(sample_id)], review="waiting", by=None)
    _note(session, sample, TAKEN_BACK, by=by, key=key, clips=number)
    return number


def close(session: Session, sample_id: int, *, by: str, key: str) -> None:
    """End a spot check without a verdict; its clips go on waiting."""
    if _known(session, key, CLOSED):
        return
    sample = open_one(session, sample_id)
    _decide(session, sample, "closed", CLOSED, card=verdicts.card(session, sample), by=by, key=key)


def count(session: Session, sample_id: int) -> int:
    """Clips that this lot accepts unseen."""
    return session.scalar(select(func.count()).select_from(Clip).where(_of_lot(sample_id))) or 0


def recent(session: Session, limit: int = 50) -> list[Sample]:
    """The latest spot checks: open ones first, then newest first."""
    return list(session.scalars(select(Sample).order_by(Sample.state != "open", Sample.id.desc()).limit(limit)))


def open_one(session: Session, sample_id: int) -> Sample:
    sample = _one(session, sample_id)
    if sample.state != "open":
        raise Usage(f"lot {sample_id} is decided already: {sample.state.replace('_', ' ')}")
    return sample


def _one(session: Session, sample_id: int) -> Sample:
    sample = session.get(Sample, sample_id)
    if sample is None:
        raise Usage(f"there is no spot check {sample_id}")
    return sample


def _of_lot(sample_id: int) -> ColumnElement[bool]:
    """Accepted by this lot: a clip can be in another one only after this one let it go."""
    mine = select(LotClip.clip_id).where(LotClip.sample_id == sample_id)
    return (Clip.review == "accepted_lot") & Clip.id.in_(mine)


def _move(session: Session, which: Sequence[ColumnElement[bool]], *, review: str, by: str | None) -> int:
    """One step for all; each clip's version counts it, so that who has one on the screen learns of it."""
    at = time.time() if by else None
    moved = update(Clip).where(Clip.superseded == 0, *which).values(
        review=review, reviewed_by=by, reviewed_at=at, reject_reason=None, version=Clip.version + 1
    )  # fmt: skip
    return int(session.execute(moved, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def _decide(
    session: Session, sample: Sample, state: str, kind: str, *, card: Card, by: str, key: str, **detail: Any
) -> None:
    sample.state, sample.verdict, sample.decided_by, sample.decided_at = state, asdict(card), by, time.time()
    _note(session, sample, kind, by=by, key=key, bad=card.bad, seen=card.seen, **detail)


def _note(session: Session, sample: Sample, kind: str, *, by: str, key: str, **detail: Any) -> None:
    session.add(Event(key=key, at=time.time(), actor=by, kind=kind, detail={"lot": sample.id, **detail}))
    session.flush()


def _known(session: Session, key: str, kind: str) -> int | None:
    """The lot of the event with this key; an event of another kind is a mistake of the sender."""
    event = session.scalar(select(Event).where(Event.key == key))
    if event is None:
        return None
    if event.kind != kind:
        raise Usage(f"the key {key!r} was already used for another action")
    return int(event.detail["lot"])

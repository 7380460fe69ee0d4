"""Second looks: people who judge a clip again without knowing what others said, and clips with a known answer among them.

Such a clip comes to the desk like any other, as it was before anybody decided. What is said of it becomes an opinion and
changes nothing; two opinions that differ wait for a lead.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db import views
from db.clips import EVERYTHING
from db.decisions import ACTIONS, LEASE_S, Conflict, Decided, Decision, Standing
from db.filters import ClipFilter
from db.models import Caption, Clip, Event, Opinion, Sample, Tag
from db.views import ClipView
from pipelines.errors import Usage
from pipelines.records import Author

SETTING = "double_review"
"""Of events: a new share of clips that get a second look."""
SAID = ("accept", "edit", "reject")
GOLD_TAG = "gold"
"""Sticks on decided clips whose answer is beyond doubt."""
ONE_IN = 6
"""Of the clips handed out at once, at most so few are second looks."""


def share(session: Session) -> float:
    """The share of decided clips that somebody else looks at again."""
    latest = select(Event.detail).where(Event.clip_id.is_(None), Event.kind == SETTING).order_by(Event.id.desc()).limit(1)
    detail = session.scalar(latest)
    return float(detail["share"]) if detail else 0.0


def set_share(session: Session, wanted: float, *, by: str, key: str) -> None:
    """From now on; what was chosen before stays chosen. A repeated `key` changes nothing."""
    if not 0 <= wanted <= 1:
        raise Usage("the share of clips that are looked at twice lies between 0 and 1")
    if session.scalar(select(Event.id).where(Event.key == key)) is None:
        session.add(Event(key=key, at=time.time(), actor=by, kind=SETTING, detail={"share": wanted}))
        session.flush()


def chosen(key: str, share: float) -> bool:
    """Whether a clip is among those looked at twice: by its key, so that nobody's clips are likelier than another's."""
    return int(hashlib.sha256(f"twice {key}".encode()).hexdigest()[:8], 16) < share * 16**8


def watch(session: Session, decision: Decision, answer: Decided | Conflict, actor: str) -> None:
    """Note a decision as the first opinion, if the clip is among the chosen; one taken back is none."""
    if isinstance(answer, Conflict) or decision.action not in (*SAID, "undo"):
        return
    if (event := session.scalar(select(Event).where(Event.key == decision.key))) is None:
        return  # it was an opinion itself
    first = Opinion.clip_id == decision.clip_id, Opinion.kind == "first"
    if session.scalar(select(Opinion.id).where(Opinion.clip_id == decision.clip_id, Opinion.kind != "first").limit(1)):
        return  # somebody was asked already about what was said before
    session.execute(delete(Opinion).where(*first))
    clip = session.get_one(Clip, decision.clip_id)
    if decision.action != "undo" and chosen(clip.key, share(session)):
        said = {"decision": decision.action, "reason": decision.reason, "text": decision.text}
        about = event.detail["before"]["caption_id"]
        session.add(Opinion(clip_id=clip.id, kind="first", person=actor, caption_id=about, at=time.time(), **said))
        session.flush()


def mixed_in(
    session: Session,
    actor: str,
    lent: Sequence[ClipView],
    *,
    limit: int,
    only: ClipFilter = EVERYTHING,
    without: Collection[int] = (),
) -> list[ClipView]:
    """The clips lent to `actor`, with some among them to be looked at again. Nothing on these tells that they are.

    When there are no others, up to `limit` of these."""
    most = math.ceil(len(lent) / ONE_IN) if lent else limit
    found = list(lent)
    for view in _masked(session, _ask(session, actor, only, most=most, without=without)):
        found.insert(int(hashlib.sha256(f"{actor} {view.key}".encode()).hexdigest()[:8], 16) % (len(found) + 1), view)
    return found


def _ask(session: Session, actor: str, only: ClipFilter, *, most: int, without: Collection[int]) -> list[Opinion]:
    """Open questions to `actor`, old ones first."""
    open_ = Opinion.decision.is_(None)
    session.execute(delete(Opinion).where(open_, Opinion.person != actor, Opinion.at < time.time() - LEASE_S))
    of_sample = Opinion.sample_id == only.sample[0] if only.sample else Opinion.sample_id.is_(None)
    mine = session.scalars(select(Opinion).where(open_, Opinion.person == actor, of_sample))
    asked = [one for one in mine if one.clip_id not in without][:most]
    if len(asked) < most and only == EVERYTHING:
        asked += _second(session, actor, most - len(asked))
    if len(asked) < most and len(only.sample) == 1:
        asked += _gold(session, actor, only.sample[0], most - len(asked))
    session.flush()
    return asked


def _second(session: Session, actor: str, most: int) -> list[Opinion]:
    other = aliased(Opinion)
    seen = exists().where(other.clip_id == Opinion.clip_id, or_(other.kind != "first", other.person == actor))
    firsts = session.scalars(select(Opinion).where(Opinion.kind == "first", ~seen).order_by(Opinion.id).limit(most))
    return [_question(session, actor, "second", clip_id=one.clip_id, caption_id=one.caption_id) for one in firsts]


def _gold(session: Session, actor: str, sample_id: int, most: int) -> list[Opinion]:
    sample = session.get(Sample, sample_id)
    mine = select(func.count()).where(Opinion.sample_id == sample_id, Opinion.kind == "gold")
    left = sample.plan.get("gold", 0) - (session.scalar(mine) or 0) if sample and sample.state == "open" else 0
    found = []
    for at in range(min(most, left)):
        for truth in ("bad", "good") if (at + left) % 2 else ("good", "bad"):  # half of them bad, as far as there are
            if item := _gold_item(session, actor, truth):
                clip_id, caption_id = item
                more = {"sample_id": sample_id, "truth": truth}
                found.append(_question(session, actor, "gold", clip_id=clip_id, caption_id=caption_id, **more))
                break
    return found


def _gold_item(session: Session, actor: str, truth: str) -> tuple[int, int] | None:
    """A clip beyond doubt that `actor` neither decided nor saw as gold, with the caption the answer is about."""
    edited = and_(Caption.author == Author.PERSON, Caption.parent_id.is_not(None))
    bad = or_(Clip.review == "rejected", and_(Clip.review == "accepted", edited))
    good = and_(Clip.review == "accepted", ~edited)
    seen = exists().where(Opinion.clip_id == Clip.id, Opinion.person == actor)
    tagged = exists().where(Tag.clip_id == Clip.id, Tag.tag == GOLD_TAG)
    settled = exists().where(Opinion.clip_id == Clip.id, Opinion.kind == "final")
    about = func.iif(and_(Clip.review == "accepted", edited), Caption.parent_id, Clip.caption_id)
    pool = select(Clip.id, about).join(Caption, Caption.id == Clip.caption_id).where(or_(tagged, settled), ~seen)
    mine: ColumnElement[bool] = Clip.reviewed_by.is_distinct_from(actor)
    row = session.execute(pool.where(mine, bad if truth == "bad" else good).order_by(func.random()).limit(1)).first()
    return (row[0], row[1]) if row else None


def _question(session: Session, actor: str, kind: str, *, clip_id: int, caption_id: int | None, **more: object) -> Opinion:
    asked = Opinion(kind=kind, person=actor, clip_id=clip_id, caption_id=caption_id, at=time.time(), version=0, **more)
    session.add(asked)
    session.flush()
    return asked


def _masked(session: Session, asked: Sequence[Opinion]) -> list[ClipView]:
    """The clips as they were before anybody decided."""
    about = {one.clip_id: one for one in asked}
    return [_as_before(view, about[view.id]) for view in views.describe(session, list(about))]


def _as_before(view: ClipView, asked: Opinion) -> ClipView:
    then = tuple(one for one in view.captions if asked.caption_id is not None and one.id <= asked.caption_id)
    before = replace(view, review="waiting", reject_reason=None, reviewed_by=None, reviewed_at=None)
    return replace(before, captions=then, caption_id=asked.caption_id, version=asked.version)


def decide(session: Session, decision: Decision, actor: str) -> Decided | None:
    """Keep what `actor` said of a clip they were asked about; None when it is an ordinary decision."""
    mine = select(Opinion).where(Opinion.clip_id == decision.clip_id, Opinion.person == actor, Opinion.kind != "first")
    for asked in session.scalars(mine):
        said_before = asked.key is not None and asked.key in (decision.key, decision.undoes)
        if said_before or (asked.decision is None and asked.version == decision.version):
            return _said(session, asked, decision)
    return None


def _said(session: Session, asked: Opinion, decision: Decision) -> Decided:
    if decision.action == "reject" and not decision.reason.strip():
        raise Usage(f"clip {asked.clip_id} cannot be rejected without a reason")
    if decision.key != asked.key and decision.action in (*SAID, "undo"):
        asked.decision = decision.action if decision.action in SAID else None
        asked.key = decision.key if asked.decision else None
        asked.reason, asked.text = decision.reason, decision.text
        asked.version, asked.at = decision.version + 1, time.time()
        session.flush()
    standing = Standing(
        ACTIONS[decision.action] or "waiting", decision.reason or None, asked.person, asked.at, asked.caption_id
    )
    return Decided(asked.clip_id, decision.version + 1, standing)

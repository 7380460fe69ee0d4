"""Where two people saw one clip differently: how often, and what a lead makes of it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from db import decisions, views
from db.decisions import Conflict, Decided, Decision
from db.models import Caption, Clip, Event, Opinion
from db.stats.agreement import Agreement, agreement
from db.views import ClipView
from pipelines.errors import Usage


@dataclass(frozen=True, slots=True)
class Said:
    """One person's opinion."""

    kind: str
    person: str
    decision: str
    reason: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A clip on which two opinions differ, as it stands, and the caption they were about."""

    clip: ClipView
    caption: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Agreements:
    """On what people agree: that a pair may be used; and how, as it was, edited or not at all."""

    usable: Agreement
    decision: Agreement


def agreements(session: Session) -> Agreements:
    """Over all clips that two people judged without knowing of each other."""
    given: defaultdict[int, list[str]] = defaultdict(list)
    said = select(Opinion.clip_id, Opinion.decision).where(Opinion.kind.in_(("first", "second")))
    for clip_id, decision in session.execute(said.where(Opinion.decision.is_not(None))).tuples():
        given[clip_id].append(decision or "")
    usable = ([str(decision != "reject") for decision in clip] for clip in given.values())
    return Agreements(agreement(usable), agreement(given.values()))


def differences(session: Session, limit: int = 50) -> list[Difference]:
    """Clips that wait for a lead, those first that one would use and the other would not."""
    first, second = aliased(Opinion), aliased(Opinion)
    settled = exists().where(Opinion.clip_id == first.clip_id, Opinion.kind == "final")
    wanted = (
        select(first, second)
        .join(second, (second.clip_id == first.clip_id) & (second.kind == "second"))
        .where(first.kind == "first", second.decision.is_not(None), second.decision != first.decision, ~settled)
        .order_by((first.decision != "reject") & (second.decision != "reject"), first.id)
        .limit(limit)
    )
    pairs = session.execute(wanted).tuples().all()
    shown = {view.id: view for view in views.describe(session, [one.clip_id for one, _ in pairs])}
    texts = _texts(session, [one.caption_id for one, _ in pairs if one.caption_id is not None])
    return [
        Difference(shown[one.clip_id], texts.get(one.caption_id or 0, ""), (_view(one), _view(other)))
        for one, other in pairs
    ]


def settle(session: Session, clip_id: int, *, kind: str, by: str, key: str) -> Decided | Conflict:
    """Let the `first` or the `second` opinion stand: as a decision of the lead on the clip as it is now. Raises `Usage`."""
    wanted = select(Opinion).where(Opinion.clip_id == clip_id, Opinion.kind == kind, Opinion.decision.is_not(None))
    opinion, clip = session.scalar(wanted), session.get(Clip, clip_id)
    if opinion is None or clip is None:
        raise Usage(f"clip {clip_id} has no {kind} opinion to follow")
    answer = decisions.decide(session, _decision(session, opinion, clip, key), by)
    known = session.scalar(select(Opinion.id).where(Opinion.key == f"final {key}"))
    if isinstance(answer, Decided) and known is None:
        said = {"decision": opinion.decision, "reason": opinion.reason, "text": opinion.text, "key": f"final {key}"}
        final = Opinion(clip_id=clip_id, kind="final", person=by, caption_id=opinion.caption_id, at=time.time(), **said)
        session.add(final)
        session.flush()
    return answer


def _decision(session: Session, opinion: Opinion, clip: Clip, key: str) -> Decision:
    """What was said, of the clip as it is now: to accept words that are no longer in force brings them back."""
    sent_before = session.scalar(select(Event.kind).where(Event.key == key))
    if sent_before or opinion.decision != "accept" or opinion.caption_id == clip.caption_id:
        action = sent_before or opinion.decision or ""
        return Decision(key, clip.id, clip.version, action, reason=opinion.reason, text=opinion.text)
    words = _texts(session, [opinion.caption_id or 0]).get(opinion.caption_id or 0, "")
    return Decision(key, clip.id, clip.version, "edit", text=words)


def _texts(session: Session, caption_ids: Sequence[int]) -> dict[int, str]:
    return dict(session.execute(select(Caption.id, Caption.text).where(Caption.id.in_(caption_ids))).tuples().all())


def _view(one: Opinion) -> Said:
    return Said(one.kind, one.person, one.decision or "", one.reason, one.text, one.at)

"""What a person decided about a clip, kept once, and how it is taken back.

A decision names the version of the clip that was on the screen. It is one conditional update and one event in the same
transaction, so the sum of all versions is the number of decisions, and nobody's work is overwritten unseen. The text of
an edit that met a conflict stays with the sender, who chooses.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Caption, Clip, Event
from pipelines.errors import Usage
from pipelines.records import Author, Outcome

LEASE_S = 300.0
"""How long a clip is lent to somebody. Only a hint to the others: what counts is the version."""

ACTIONS = {
    "accept": "accepted",
    "reject": "rejected",
    "skip": "skipped",
    "edit": "accepted",
    "revert": "waiting",
    "undo": "",
}
"""What a person may do, and the review state it leads to; undo leads to the state before."""

STAY = ("revert", "undo")
"""After these the clip is before the same person again."""

SPEEDS = ("triage", "claims", "full")
"""How closely people look: twelve clips at a glance, claim by claim, or every word."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing a person did to one clip as it was at `version`."""

    key: str
    """Made by the sender, so that sending again changes nothing."""
    clip_id: int
    version: int
    action: str
    reason: str = ""
    text: str = ""
    caption_id: int | None = None
    """The caption that was on the screen; another one in force by now is a conflict. None: not looked at."""
    undoes: str = ""
    """For undo: the key of the decision to take back."""
    revert_to: int | None = None
    """For revert: the caption whose words come back."""
    speed: str = ""
    """At which of `SPEEDS` it was made; empty elsewhere than at the desk."""
    seen_s: float | None = None
    """How long the clip was on the screen before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is decided about a clip, by whom, and the caption in force."""

    review: str
    reason: str | None
    by: str | None
    at: float | None
    caption_id: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A standing as one side of a conflict."""

    version: int
    standing: Standing
    text: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision is kept."""

    clip_id: int
    version: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody, or a new caption, was there first. Nothing was changed."""

    clip_id: int
    base: Seen
    theirs: Seen


def decide(session: Session, decision: Decision, actor: str) -> Decided | Conflict:
    """Keep a decision, once, if nobody was faster. Raises `Usage` for one that makes no sense."""
    if again := session.scalar(select(Event).where(Event.key == decision.key)):
        return _repeated(again, decision, actor)
    clip = session.get(Clip, decision.clip_id)
    if clip is None:
        raise Usage(f"there is no clip {decision.clip_id}")
    _check(session, decision, clip)
    before = _standing(clip)
    if clip.version != decision.version or decision.caption_id not in (None, clip.caption_id):
        return _conflict(session, clip, decision)
    after = _restored(session, decision, actor) if decision.action == "undo" else _after(session, clip, decision, actor)
    return _keep(session, clip, decision, actor, before=before, after=after)


def _check(session: Session, decision: Decision, clip: Clip) -> None:
    if decision.action not in ACTIONS:
        raise Usage(f"{decision.action!r} is no decision; known are {', '.join(ACTIONS)}")
    if decision.action == "reject" and not decision.reason.strip():
        raise Usage(f"clip {clip.id} cannot be rejected without a reason")
    if decision.action == "edit" and not decision.text.strip():
        raise Usage(f"the new caption of clip {clip.id} is empty; write one or reject the clip")
    if decision.action == "revert" and _earlier(session, clip, decision.revert_to).id == clip.caption_id:
        raise Usage(f"caption {clip.caption_id} of clip {clip.id} is in force already")
    if decision.action == "accept":
        caption = session.get(Caption, clip.caption_id) if clip.caption_id else None
        if caption is None or caption.outcome != Outcome.OK:
            raise Usage(f"clip {clip.id} has no usable caption to accept; write one")


def _standing(clip: Clip) -> Standing:
    return Standing(clip.review, clip.reject_reason, clip.reviewed_by, clip.reviewed_at, clip.caption_id)


def _after(session: Session, clip: Clip, decision: Decision, actor: str) -> Standing:
    reason = decision.reason.strip() if decision.action == "reject" else None
    caption_id = clip.caption_id
    if decision.action == "edit":
        caption_id = _written(session, clip, decision.text.strip(), actor)
    if decision.action == "revert":
        caption_id = _reverted(session, clip, _earlier(session, clip, decision.revert_to), actor)
    return Standing(ACTIONS[decision.action], reason, actor, time.time(), caption_id)


def _written(session: Session, clip: Clip, text: str, actor: str) -> int:
    """The caption with these words: the one in force when it has them, a return to an earlier one, or a new link."""
    usable = Caption.outcome == Outcome.OK, Caption.role == "caption"
    alike = select(Caption).where(Caption.clip_id == clip.id, Caption.text == text, *usable)
    known = session.scalar(alike.order_by(Caption.id != clip.caption_id, Caption.id.desc()).limit(1))
    if known is not None:
        return known.id if known.id == clip.caption_id else _reverted(session, clip, known, actor)
    return _appended(session, clip, text, actor)


def _earlier(session: Session, clip: Clip, caption_id: int | None) -> Caption:
    caption = session.get(Caption, caption_id) if caption_id else None
    if caption is None or (caption.clip_id, caption.outcome, caption.role) != (clip.id, Outcome.OK, "caption"):
        raise Usage(f"clip {clip.id} has no usable caption {caption_id} to go back to")
    return caption


def _reverted(session: Session, clip: Clip, earlier: Caption, actor: str) -> int:
    """A new link with the words of an earlier one, and with what is known of where they came from."""
    known = {
        "model": earlier.model,
        "prompt_digest": earlier.prompt_digest,
        "fields": earlier.fields,
        "parts": earlier.parts,
    }
    params = {"reverts": earlier.params.get("reverts", earlier.id)}
    return _appended(session, clip, earlier.text, actor, **known, flags=earlier.flags, params=params)


def _appended(session: Session, clip: Clip, text: str, actor: str, **more: Any) -> int:
    author, now = Author.PERSON, time.time()
    link = Caption(clip_id=clip.id, parent_id=clip.caption_id, text=text, author=author, by=actor, created_at=now, **more)
    session.add(link)
    session.flush()
    return link.id


def _restored(session: Session, decision: Decision, actor: str) -> Standing:
    event = session.scalar(select(Event).where(Event.key == decision.undoes, Event.clip_id == decision.clip_id))
    if event is None or event.kind not in ACTIONS:
        raise Usage(f"clip {decision.clip_id} has no decision {decision.undoes!r} to take back")
    if event.actor != actor:
        raise Usage(f"this decision on clip {decision.clip_id} is {event.actor}'s; decide anew instead of taking it back")
    if not _still_holds(session, event):
        raise Usage(f"clip {decision.clip_id} was decided on again since; take the latest decision back first")
    return Standing(**event.detail["before"])


def _still_holds(session: Session, event: Event) -> bool:
    """What people did to the clip after this decision has all been taken back, and the decision itself has not."""
    later = select(Event).where(Event.clip_id == event.clip_id, Event.id > event.id, Event.kind.in_(ACTIONS))
    taken_back: set[str] = set()
    for one in session.scalars(later.order_by(Event.id.desc())):
        if one.key in taken_back:
            continue
        if one.kind != "undo":
            return False
        taken_back.add(one.detail["undoes"])
    return event.key not in taken_back


def _keep(session: Session, clip: Clip, decision: Decision, actor: str, *, before: Standing, after: Standing) -> Decided:
    now, version = time.time(), decision.version + 1
    stays = decision.action in STAY
    changed = session.execute(
        update(Clip)
        .where(Clip.id == clip.id, Clip.version == decision.version)
        .values(
            version=version,
            review=after.review,
            reject_reason=after.reason,
            reviewed_by=after.by,
            reviewed_at=after.at,
            caption_id=after.caption_id,
            claimed_by=actor if stays else None,
            claimed_until=now + LEASE_S if stays else None,
        )
    )
    assert changed.rowcount == 1, "the caller's transaction holds the write lock"  # type: ignore[attr-defined]
    detail = {"version": version, "before": asdict(before), "after": asdict(after)}
    told = {"undoes": decision.undoes, "speed": decision.speed, "seen_s": decision.seen_s}
    detail |= {name: value for name, value in told.items() if value}
    session.add(Event(key=decision.key, at=now, actor=actor, kind=decision.action, clip_id=clip.id, detail=detail))
    session.flush()
    return Decided(clip.id, version, after)


def _repeated(event: Event, decision: Decision, actor: str) -> Decided:
    if (event.clip_id, event.kind, event.actor) != (decision.clip_id, decision.action, actor):
        raise Usage(f"the key {decision.key!r} was already used for another decision")
    return Decided(decision.clip_id, event.detail["version"], Standing(**event.detail["after"]))


def _conflict(session: Session, clip: Clip, decision: Decision) -> Conflict:
    theirs = _standing(clip)
    base = _base(session, clip, decision.version) or theirs
    if decision.caption_id is not None:  # a new caption counts no version, yet it is not what was on the screen
        base = Standing(base.review, base.reason, base.by, base.at, decision.caption_id)
    return Conflict(
        clip.id,
        base=Seen(decision.version, base, _text(session, base.caption_id)),
        theirs=Seen(clip.version, theirs, _text(session, theirs.caption_id)),
    )


def _base(session: Session, clip: Clip, version: int) -> Standing | None:
    """How the clip stood when it was at `version`: what the next decision found before it."""
    details: list[dict[str, Any]] = list(
        session.scalars(select(Event.detail).where(Event.clip_id == clip.id, Event.kind.in_(ACTIONS)))
    )
    found = next((detail["before"] for detail in details if detail["version"] == version + 1), None)
    return Standing(**found) if found else None


def _text(session: Session, caption_id: int | None) -> str:
    caption = session.get(Caption, caption_id) if caption_id else None
    return caption.text if caption else ""

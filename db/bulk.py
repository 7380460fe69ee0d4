"""One gesture on many clips: seen before it is done, done in portions, taken back whole.

Clips are gone through from the lowest number up to the highest there was when it began, some hundred in a transaction, so
that nobody else waits for long. Every portion names the gesture's key: sent again it changes nothing, and after a crash
the rest goes on. What somebody decides later is never overwritten, neither by the gesture nor by taking it back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import paging, tags
from db.decisions import ACTIONS, Standing
from db.filters import ClipFilter
from db.models import Caption, Clip, Event
from pipelines.errors import Usage
from pipelines.records import Author, Outcome

PORTION = 400
EXAMPLES = 5
ACTS = ("accept", "reject", "tag", "untag", "replace")
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Gesture:
    """What is to be done to every clip of a filter."""

    act: str
    reason: str = ""
    """Of reject."""
    tag: str = ""
    find: str = ""
    """Of replace: this text, as it is written, in the caption in force ..."""
    put: str = ""
    """... becomes this."""


@dataclass(frozen=True, slots=True)
class Change:
    """One caption before and after."""

    clip_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a gesture would do; `changes` are the first few clips' of a replacement."""

    clips: int
    left_alone: int
    """Clips of the filter to which it cannot be done, or makes no difference."""
    until: int
    """The highest clip there is now; later ones are not touched."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """What came of some of the clips, and where the next portion begins; `after` is None at the end."""

    done: int
    left_alone: int
    after: int | None


def check(gesture: Gesture) -> Gesture:
    """The gesture as it can be done. Raises `Usage`."""
    if gesture.act not in ACTS:
        raise Usage(f"{gesture.act!r} cannot be done to many clips; known are {', '.join(ACTS)}")
    if gesture.act == "reject" and not gesture.reason.strip():
        raise Usage("clips cannot be rejected without a reason")
    if gesture.act == "replace" and not gesture.find:
        raise Usage("write the words that are to be replaced")
    return replace(gesture, tag=tags.clean(gesture.tag)) if gesture.act in ("tag", "untag") else gesture


def preview(session: Session, wanted: ClipFilter, gesture: Gesture) -> Preview:
    """How many clips it would change, and for captions how. Writes nothing."""
    gesture = check(gesture)
    total = _count(session, wanted)
    fits = _count(session, _fitting(wanted, gesture), gesture)
    until = session.scalar(select(func.max(Clip.id))) or 0
    return Preview(fits, total - fits, until, tuple(_examples(session, wanted, gesture)))


def _count(session: Session, wanted: ClipFilter, gesture: Gesture | None = None) -> int:
    return session.scalar(select(func.count()).select_from(_query(session, wanted, gesture).subquery())) or 0


def _query(session: Session, wanted: ClipFilter, gesture: Gesture | None = None) -> Select[Any]:
    return paging.matching(session, wanted).where(*(_makes_sense(gesture) if gesture else []))


def _fitting(wanted: ClipFilter, gesture: Gesture) -> ClipFilter:
    """Clips that have the tag already, or lack it, are left alone."""
    if gesture.act == "untag":
        return wanted.joined(ClipFilter(tag=(gesture.tag,)))
    if gesture.act == "tag":
        return wanted.joined(ClipFilter(without=(ClipFilter(tag=(gesture.tag,)),)))
    return wanted


def _makes_sense(gesture: Gesture) -> list[Any]:
    """Of which clips it can be done at all."""
    in_force = select(Caption.id).where(Caption.id == Clip.caption_id, Caption.outcome == Outcome.OK).correlate(Clip)
    if gesture.act == "accept":
        return [Clip.review != "accepted", in_force.exists()]
    if gesture.act == "reject":
        return [Clip.review != "rejected"]
    if gesture.act == "replace":
        left = func.trim(func.replace(Caption.text, gesture.find, gesture.put))
        return [in_force.where(func.instr(Caption.text, gesture.find) > 0, left != "").exists()]
    return []


def _examples(session: Session, wanted: ClipFilter, gesture: Gesture) -> Iterator[Change]:
    if gesture.act != "replace":
        return
    some = _query(session, wanted, gesture).order_by(Clip.id).limit(EXAMPLES)
    rows = select(Clip.id, Caption.text).join(Caption, Caption.id == Clip.caption_id).where(Clip.id.in_(some))
    for clip_id, words in session.execute(rows.order_by(Clip.id)).tuples():
        yield Change(clip_id, words, words.replace(gesture.find, gesture.put))


def do(session: Session, wanted: ClipFilter, gesture: Gesture, *, key: str, by: str, after: int = 0, until: int) -> Portion:
    """The gesture on the next clips after this number."""
    gesture = check(gesture)
    ids = _next_ids(session, _fitting(wanted, gesture), after=after, until=until)
    if not ids.ids:
        return Portion(0, 0, None if ids.after is None else int(ids.after))
    done = len(_do(session, ids.ids, gesture, key=key, by=by))
    return Portion(done, len(ids.ids) - done, None if ids.after is None else int(ids.after))


def _next_ids(session: Session, wanted: ClipFilter, *, after: int, until: int) -> paging.Found:
    found = paging.ids(session, wanted, sort=paging.OLDEST, after=f"{after}:{after}", limit=PORTION)
    last = None if found.after is None else found.after.rpartition(":")[2]
    kept = [clip_id for clip_id in found.ids if clip_id <= until]
    return paging.Found(kept, last if last is not None and int(last) < until else None)


def _do(session: Session, clip_ids: Sequence[int], gesture: Gesture, *, key: str, by: str) -> list[int]:
    if gesture.act in ("tag", "untag"):
        return _stick(session, clip_ids, gesture, key=key, by=by)
    known = set(session.scalars(select(Event.clip_id).where(Event.bulk == key, Event.clip_id.in_(clip_ids))))
    query = select(Clip).where(Clip.id.in_(clip_ids), Clip.id.not_in(known), *_makes_sense(gesture))
    clips = list(session.scalars(query))
    captions = _rewritten(session, clips, gesture, by=by) if gesture.act == "replace" else {}
    for clip in clips:
        after = _after(clip, gesture, captions.get(clip.id), by)
        _decide(session, clip, after, Mark(key, by, "edit" if gesture.act == "replace" else gesture.act))
    return [clip.id for clip in clips]


def _stick(session: Session, clip_ids: Sequence[int], gesture: Gesture, *, key: str, by: str) -> list[int]:
    tagging = gesture.act == "tag"
    changed = tags.add(session, clip_ids, gesture.tag, by=by) if tagging else tags.remove(session, clip_ids, gesture.tag)
    if changed:
        detail = {"tag": gesture.tag, "clips": changed}
        session.add(Event(key=f"{key}:{changed[0]}", at=time.time(), actor=by, kind=gesture.act, detail=detail, bulk=key))
    return changed


def _rewritten(session: Session, clips: Sequence[Clip], gesture: Gesture, *, by: str) -> dict[int, int]:
    """A new caption for each clip, after the one in force; clip → its id."""
    now = time.time()
    known = select(Caption.id, Caption.text).where(Caption.id.in_([clip.caption_id for clip in clips]))
    texts = dict(session.execute(known).tuples().all())
    rows = [
        Caption(
            clip_id=clip.id, parent_id=clip.caption_id, author=Author.PERSON, by=by, created_at=now,
            text=texts[clip.caption_id or 0].replace(gesture.find, gesture.put).strip(),
        )
        for clip in clips
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return {row.clip_id: row.id for row in rows}


def _standing(clip: Clip) -> Standing:
    return Standing(clip.review, clip.reject_reason, clip.reviewed_by, clip.reviewed_at, clip.caption_id)


def _after(clip: Clip, gesture: Gesture, caption_id: int | None, by: str) -> Standing:
    if gesture.act == "replace":
        return replace(_standing(clip), caption_id=caption_id)
    reason = gesture.reason.strip() if gesture.act == "reject" else None
    return Standing(ACTIONS[gesture.act], reason, by, time.time(), clip.caption_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the event beside the clip."""

    key: str
    by: str
    kind: str
    undoes: str = ""


def _decide(session: Session, clip: Clip, after: Standing, mark: Mark) -> None:
    """As `decisions` keeps one: the clip, its version, and an event that can be taken back."""
    before, clip.version = _standing(clip), clip.version + 1
    clip.review, clip.reject_reason, clip.reviewed_by, clip.reviewed_at = after.review, after.reason, after.by, after.at
    clip.caption_id, clip.claimed_by, clip.claimed_until = after.caption_id, None, None
    detail = {"version": clip.version, "before": asdict(before), "after": asdict(after)}
    detail |= {"undoes": mark.undoes} if mark.undoes else {}
    event = Event(key=f"{mark.key}:{clip.id}", at=time.time(), actor=mark.by, kind=mark.kind, clip_id=clip.id, detail=detail)
    event.bulk = mark.key
    session.add(event)


def take_back(session: Session, of: str, *, key: str, by: str, after: int = 0) -> Portion:
    """Undo the next events of the gesture with key `of`, in their order from this number on."""
    events = list(session.scalars(select(Event).where(Event.bulk == of, Event.id > after).order_by(Event.id).limit(PORTION)))
    if not events:
        if not after:
            raise Usage(f"there is nothing {of!r} to take back")
        return Portion(0, 0, None)
    done = sum(_undo(session, event, key=key, by=by) for event in events)
    touched = sum(len(event.detail["clips"]) if "clips" in event.detail else 1 for event in events)
    return Portion(done, touched - done, events[-1].id)


def _undo(session: Session, event: Event, *, key: str, by: str) -> int:
    """How many clips are as they were."""
    again = session.scalar(select(Event.id).where(Event.key == _undo_key(event, key)))
    if again is not None:
        return 0
    if event.clip_id is None:
        return _unstick(session, event, key=key, by=by)
    clip = session.get(Clip, event.clip_id)
    if clip is None or clip.version != event.detail["version"] or clip.caption_id != event.detail["after"]["caption_id"]:
        return 0  # somebody decided since
    _decide(session, clip, Standing(**event.detail["before"]), Mark(key, by, UNDO, undoes=event.key))
    return 1


def _undo_key(event: Event, key: str) -> str:
    return f"{key}:{event.clip_id or event.detail['clips'][0]}"


def _unstick(session: Session, event: Event, *, key: str, by: str) -> int:
    tag, clip_ids = event.detail["tag"], event.detail["clips"]
    changed = tags.remove(session, clip_ids, tag) if event.kind == "tag" else tags.add(session, clip_ids, tag, by=by)
    kind = "untag" if event.kind == "tag" else "tag"
    detail = {"tag": tag, "clips": clip_ids, "undoes": event.key}
    session.add(Event(key=_undo_key(event, key), at=time.time(), actor=by, kind=kind, detail=detail, bulk=key))
    return len(changed)

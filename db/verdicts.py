"""What a sample says of its lot so far: the card on which the lot is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from db.models import Caption, Clip, LotClip, Opinion, Sample, SampleItem
from db.sampling import Wish
from db.stats import corrected, intervals, sequential, weighted
from db.stats.corrected import Eye
from db.stats.weighted import Drawn, Estimate
from db.stats.wilson import Interval, wilson
from pipelines.records import Author, State

DECIDED = ("good", "edited", "bad")


@dataclass(frozen=True, slots=True)
class Item:
    """A drawn clip and what became of it: good, edited, bad, open, unsure, or gone when it is no longer what was drawn."""

    clip_id: int
    outcome: str
    stratum: str
    probability: float
    reason: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The share behind the observed one, when reviewers' mistakes are taken out."""

    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Card:
    """What is known, and what follows. Shares are of the whole lot."""

    state: str
    """passed, failed, open; ended: a sequential plan saw all it was to see without an answer"""
    lot: int
    size: int
    seen: int
    bad: int
    edited: int
    unsure: int
    gone: int
    share: float
    shown: Interval
    """Where the share probably lies."""
    upper: float
    """With the confidence asked for, no more than this is bad."""
    eye: Eye
    eye_known: bool
    eye_reliable: bool
    corrected: Corrected | None
    path: tuple[int, ...] = ()
    """Of a sequential plan: bad clips after each one looked at, in the order drawn."""


def wish_of(sample: Sample) -> Wish:
    return Wish(**{**sample.plan, "where": tuple(sample.plan["where"])})


def items(session: Session, sample_id: int) -> list[Item]:
    """The drawn clips in the order in which they are to be looked at."""
    now = aliased(Caption)
    same = Clip.caption_id == LotClip.caption_id
    outcome = case(
        (Clip.review == "rejected", "bad"),
        ((Clip.review == "accepted") & same, "good"),
        ((Clip.review == "accepted") & (now.author == Author.PERSON), "edited"),
        ((Clip.superseded == 1) | (Clip.verdict != State.KEPT) | ~same | (Clip.review == "accepted"), "gone"),
        (Clip.review == "skipped", "unsure"),
        else_="open",
    )
    drawn = select(Clip.id, outcome, SampleItem.stratum, SampleItem.probability, Clip.reject_reason, Clip.reviewed_by)
    of_lot = (LotClip.sample_id == SampleItem.sample_id) & (LotClip.clip_id == SampleItem.clip_id)
    joined = drawn.select_from(SampleItem).join(Clip, Clip.id == SampleItem.clip_id).join(LotClip, of_lot)
    joined = joined.outerjoin(now, now.id == Clip.caption_id).where(SampleItem.sample_id == sample_id)
    return [Item(*row) for row in session.execute(joined.order_by(SampleItem.position)).tuples()]


def card(session: Session, sample: Sample) -> Card:
    """How the lot stands now."""
    wish, found = wish_of(sample), items(session, sample.id)
    eye = eye_of(session, {item.by for item in found if item.outcome in DECIDED and item.by})
    gone = sum(item.outcome == "gone" for item in found)
    judged = [item for item in found if item.outcome != "gone"]
    lot = sample.lot_size - gone
    if wish.sequential:
        return _in_steps(wish, judged, sample=sample, gone=gone, eye=eye)
    seen = [item for item in judged if item.outcome in DECIDED]
    estimate, upper = _estimate(wish, seen, lot)
    state = _state(wish, judged, lot)
    return _card(wish, judged, seen, state=state, lot=lot, estimate=estimate, upper=upper, gone=gone, eye=eye)


def _bad(wish: Wish, item: Item) -> bool:
    return item.outcome == "bad" or (item.outcome == "edited" and wish.edits_are_bad)


def _estimate(wish: Wish, seen: Sequence[Item], lot: int, *, rest_bad: bool = False) -> tuple[Estimate, float]:
    """The share of bad clips with its bound. Clips without an answer count as `rest_bad` says."""
    drawn = [
        Drawn(_bad(wish, one) or (rest_bad and one.outcome not in DECIDED), one.probability, one.stratum) for one in seen
    ]
    bad, n = sum(one.bad for one in drawn), len(drawn)
    if wish.design == "random" or n == lot:
        return Estimate(bad / n if n else 0.0, n), intervals.lot_upper_bound(bad, n, lot=lot, confidence=wish.confidence)
    estimate = weighted.estimate(drawn)
    return estimate, estimate.upper(wish.confidence)


def _state(wish: Wish, judged: Sequence[Item], lot: int) -> str:
    """Passed or failed as soon as nothing that is still open could change it."""
    worst, best = (_estimate(wish, judged, lot, rest_bad=rest)[1] for rest in (True, False))
    if worst < wish.limit:
        return "passed"
    return "open" if best < wish.limit and any(item.outcome not in DECIDED for item in judged) else "failed"


def _in_steps(wish: Wish, judged: Sequence[Item], *, sample: Sample, gone: int, eye: Eye) -> Card:
    """By the clips in the order drawn, up to the first that has no answer yet."""
    end = next((at for at, item in enumerate(judged) if item.outcome not in DECIDED), len(judged))
    given = wish.lines(sample.lot_size)
    found = [_bad(wish, item) for item in judged[:end]]
    walk = sequential.walk(found, given)
    seen = judged[: walk.seen]
    lot = sample.lot_size - gone
    state = "ended" if walk.state == "open" and end == len(judged) else walk.state
    held = sequential.whenever(walk.bad, walk.seen, lot=lot, confidence=wish.confidence)
    estimate = Estimate(walk.bad / walk.seen if walk.seen else 0.0, walk.seen)
    path = tuple(sum(found[: at + 1]) for at in range(walk.seen))
    return _card(
        wish,
        judged,
        seen,
        state=state,
        lot=lot,
        estimate=estimate,
        upper=held.high,
        gone=gone,
        eye=eye,
        shown=held,
        path=path,
    )


def _card(
    wish: Wish, judged: Sequence[Item], seen: Sequence[Item], *,
    state: str, lot: int, estimate: Estimate, upper: float, gone: int, eye: Eye, shown: Interval | None = None,
    path: tuple[int, ...] = (),
) -> Card:  # fmt: skip
    n = estimate.worth
    return Card(
        state=state,
        lot=lot,
        size=len(judged),
        seen=len(seen),
        bad=sum(_bad(wish, item) for item in seen),
        edited=sum(item.outcome == "edited" for item in seen),
        unsure=sum(item.outcome == "unsure" for item in judged),
        gone=gone,
        share=estimate.share,
        shown=shown or wilson(estimate.share * n, n),
        upper=upper,
        eye=eye,
        eye_known=eye.known,
        eye_reliable=eye.reliable,
        corrected=_corrected(estimate, eye),
        path=path,
    )


def _corrected(estimate: Estimate, eye: Eye) -> Corrected | None:
    if not (eye.known and eye.reliable and estimate.worth > 0):
        return None
    held = corrected.lang_reiczigel(estimate.share, estimate.worth, eye)
    return Corrected(corrected.rogan_gladen(estimate.share, eye), held)


def eye_of(session: Session, people: set[str]) -> Eye:
    """How these people did on all the hidden clips they were given."""
    called_bad = Opinion.decision != "accept"
    counted = select(Opinion.truth, called_bad, func.count()).where(
        Opinion.kind == "gold", Opinion.person.in_(people), Opinion.decision.is_not(None)
    )
    counts: dict[tuple[Any, bool], int] = {
        (truth, bool(bad)): number for truth, bad, number in session.execute(counted.group_by(Opinion.truth, called_bad))
    }
    found, missed = counts.get(("bad", True), 0), counts.get(("bad", False), 0)
    passed, blamed = counts.get(("good", False), 0), counts.get(("good", True), 0)
    return Eye(found + missed, found, passed + blamed, passed)

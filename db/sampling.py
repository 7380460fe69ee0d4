"""Which clips a lot holds, and which of them are drawn: the wish, what it would ask for, and the draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clips, strata
from db.filters import parse_where
from db.models import Clip, LotClip, Sample
from db.reviews import reviewable
from db.stats import draws, lots, sequential, weighted
from db.stats.draws import Pick
from db.stats.lots import Plan
from db.stats.sequential import Lines
from pipelines.errors import Usage

DESIGNS = ("random", "stratified", "risk")
HUGE = 10**7
"""A lot in which drawing does not change what is left: what weighted samples are measured against."""
CURVE = 41
"""Points of an operating curve."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which clips, how they are drawn, and what is to be promised."""

    where: tuple[str, ...] = ()
    design: str = "random"
    by: str = ""
    """What a stratified lot is divided by, or the score whose low values are risky."""
    limit: float = 0.05
    """The share of bad clips that must be noticed."""
    confidence: float = 0.95
    """How often it must be noticed."""
    allowed: int = 0
    """Bad clips in the sample with which the lot still passes."""
    good: float = 0.01
    """The share of bad clips with which a lot should pass; a sequential plan stops between the two."""
    sequential: bool = False
    edits_are_bad: bool = True
    """A clip whose caption had to be edited counts as bad: so would its like among those nobody looks at."""
    gold: int = 0
    """Clips with a known answer that are hidden among those of the sample."""
    name: str = ""

    def check(self) -> None:
        """Raises `Usage` for what makes no sense."""
        if self.design not in DESIGNS:
            raise Usage(f"there is no way to draw called {self.design!r}; known are {', '.join(DESIGNS)}")
        if not 0 < self.limit < 1 or not 0.5 <= self.confidence < 1:
            raise Usage("the share of bad clips lies between 0 and 1, and how often it is noticed between 0.5 and 1")
        if self.design == "stratified" and self.by not in strata.DIVISIONS:
            raise Usage(f"a lot is divided by one of {', '.join(strata.DIVISIONS)}")
        if self.design == "risk" and not self.by:
            raise Usage("name the score whose low values are risky")
        if self.sequential and (self.design != "random" or not 0 <= self.good < self.limit):
            raise Usage("stopping early needs clips drawn at random, and a good share below the bad one")

    def plan(self, lot: int) -> Plan:
        """How many clips to look at, and how many bad ones are allowed."""
        if self.sequential:
            return Plan(self.lines(lot).most, 0)
        return lots.smallest(lot, limit=self.limit, confidence=self.confidence, allowed=self.allowed)

    def lines(self, lot: int) -> Lines:
        return sequential.lines(lot, limit=self.limit, good=self.good, confidence=self.confidence)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan would ask for and promise. `curve` has for shares of bad clips how often such a lot passes, and after how
    many clips on average."""

    lot: int
    size: int
    allowed: int
    earliest: int
    """Clips after which it can pass at the soonest."""
    curve: tuple[tuple[float, float, float], ...]
    strata: dict[str, int]
    """Clips to be drawn from each."""


def outlook(session: Session, wish: Wish) -> Outlook:
    """What would be drawn. Writes nothing. Raises `Usage` for a wish that makes no sense."""
    wish.check()
    lot = members(session, wish)
    if not lot:
        return Outlook(0, 0, 0, 0, (), {})
    if wish.sequential:
        return _outlook_in_steps(wish, len(lot))
    plan, picks = draw(session, wish, list(lot), seed=1)
    counted = {name: sum(pick.stratum == name for pick in picks) for name in sorted({pick.stratum for pick in picks} - {""})}
    fixed = Plan(len(picks), plan.allowed)
    passing = lots.operating_curve(fixed, len(lot), shares := _shares(wish))
    curve = [(float(share), float(chance), float(fixed.size)) for share, chance in zip(shares, passing, strict=True)]
    return Outlook(len(lot), fixed.size, fixed.allowed, fixed.size, tuple(curve), counted)


def _outlook_in_steps(wish: Wish, lot: int) -> Outlook:
    given = wish.lines(lot)
    passing, looked = sequential.operating_curve(given, lot, shares := _shares(wish))
    curve = [tuple(map(float, point)) for point in zip(shares, passing, looked, strict=True)]
    earliest = next((at for at, most in enumerate(given.passing, start=1) if most >= 0), given.most)
    return Outlook(lot, given.most, 0, earliest, tuple((a, b, c) for a, b, c in curve), {})


def _shares(wish: Wish) -> Any:
    return np.linspace(0, min(1.0, 2.5 * wish.limit), CURVE)


def members(session: Session, wish: Wish) -> dict[int, int]:
    """Clips that wait, with their captions in force; those of another open lot are left out."""
    only = parse_where(wish.where, scores=clips.score_names(session), facts=clips.fact_names(session))
    others = select(LotClip.clip_id).join(Sample, Sample.id == LotClip.sample_id).where(Sample.state == "open")
    waiting = (*reviewable(), Clip.review == "waiting", Clip.id.not_in(others), *only.conditions())
    rows = session.execute(select(Clip.id, Clip.caption_id).where(*waiting).order_by(Clip.id)).tuples()
    return {clip_id: caption_id for clip_id, caption_id in rows if caption_id is not None}


def draw(session: Session, wish: Wish, lot: Sequence[int], *, seed: int) -> tuple[Plan, list[Pick]]:
    """The plan for these clips and the clips it picks: of unequal chances as many more as their weights cost."""
    if wish.design == "random":
        plan = wish.plan(len(lot))
        return plan, draws.simple(lot, plan.size, seed=seed)
    plan = wish.plan(HUGE)
    drawn = _weighted(session, wish, lot)
    worth, size, picks = 0.0, min(plan.size, len(lot)), list[Pick]()
    while worth < plan.size and len(picks) < len(lot):
        picks = drawn(size, seed=seed)
        worth = len(picks) / weighted.kish(1 / np.array([pick.probability for pick in picks]))
        size = min(len(lot), max(size + 1, int(np.ceil(size * plan.size / worth))))
    return Plan(len(picks), plan.allowed), picks


def _weighted(session: Session, wish: Wish, lot: Sequence[int]) -> Callable[..., list[Pick]]:
    if wish.design == "stratified":
        return partial(draws.stratified, strata.strata(session, lot, wish.by))
    return partial(draws.by_risk, strata.risks(session, lot, wish.by))

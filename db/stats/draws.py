"""Drawing a sample: which clips, in which order, and with what probability each was to be drawn.

All chance comes from one seed through `random.Random.random`, whose sequence Python keeps from version to version.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_RISK = 4.0
"""How much more often the riskiest clip is drawn than the safest; beyond, weights cost more than they find."""
FEWEST_A_STRATUM = 2
"""So that each can tell how much its clips differ."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A clip that was drawn; picks are in the order in which they are to be looked at."""

    item: int
    probability: float
    stratum: str = ""


def simple(items: Sequence[int], size: int, *, seed: int) -> list[Pick]:
    """Every clip with the same chance."""
    return [Pick(item, min(1.0, size / len(items))) for item in _shuffled(items, seed)[:size]]


def stratified(strata: Mapping[int, str], size: int, *, seed: int) -> list[Pick]:
    """From each stratum its share, and at least two; `strata` says for each clip where it belongs."""
    members: defaultdict[str, list[int]] = defaultdict(list)
    for item in _shuffled(list(strata), seed):
        members[strata[item]].append(item)
    taken = allocate({name: len(mine) for name, mine in members.items()}, size)
    chosen = {
        item: Pick(item, taken[name] / len(mine), name) for name, mine in members.items() for item in mine[: taken[name]]
    }
    return [chosen[item] for item in _shuffled(list(strata), seed) if item in chosen]


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many clips of each stratum: in proportion, the largest remainders first, none below two where it has them."""
    whole = sum(sizes.values())
    quota = {name: size * count / whole for name, count in sizes.items()}
    taken = {name: int(share) for name, share in quota.items()}
    for name in sorted(quota, key=lambda name: (taken[name] - quota[name], name))[: size - sum(taken.values())]:
        taken[name] += 1
    return {name: min(sizes[name], max(FEWEST_A_STRATUM, count)) for name, count in taken.items()}


def by_risk(risks: Mapping[int, float], size: int, *, seed: int) -> list[Pick]:
    """Riskier clips more often: systematically along the shuffled clips, each as long as its risk (Hartley and Rao, 1962).

    `risks` are from 0 to 1; the probabilities are exact, and the size is."""
    order = _shuffled(list(risks), seed)
    chances = inclusion({item: 1 + (MOST_RISK - 1) * risks[item] for item in order}, size)
    at, place = random.Random(seed + 1).random(), 0.0
    picks: list[Pick] = []
    for item in order:
        place += chances[item]
        if place > at + len(picks) + 1e-9:
            picks.append(Pick(item, chances[item]))
    return _mixed(picks, seed + 2)


def inclusion(weights: Mapping[int, float], size: int) -> dict[int, float]:
    """Probabilities in proportion to the weights that sum to `size`; who would have more than 1 is taken for certain."""
    sure: set[int] = set()
    while True:
        rest = sum(weight for item, weight in weights.items() if item not in sure)
        factor = (size - len(sure)) / rest if rest else 0.0
        more = {item for item, weight in weights.items() if item not in sure and weight * factor >= 1}
        if not more:
            return {item: 1.0 if item in sure else weight * factor for item, weight in weights.items()}
        sure |= more


def _shuffled(items: Sequence[int], seed: int) -> list[int]:
    chance = random.Random(seed)
    keys = {item: chance.random() for item in sorted(items)}
    return sorted(items, key=keys.__getitem__)


def _mixed(picks: list[Pick], seed: int) -> list[Pick]:
    by_item = {pick.item: pick for pick in picks}
    return [by_item[item] for item in _shuffled(list(by_item), seed)]

"""Who is stronger, from votes between two at a time: Bradley–Terry, with intervals that know that votes on one clip are kin.

Pure functions over arrays; no tables, no screen.

The model (Bradley and Terry 1952, doi:10.2307/2334029): the log odds that i is preferred to j are θᵢ − θⱼ. A tie, and two
that are both bad, count as half a win for each. At equal length (logistic regression with the covariate that Dubois et al.
2024, arXiv:2404.04475, and LMArena's style control use in this place):

    log odds(i preferred to j) = θᵢ − θⱼ + β · log(lengthᵢ / lengthⱼ)

so that θ is what a caption is worth beside another of the same length. Only from captions of one contestant that differ in
length can β be told, as how long it writes on the whole goes with everything else that it is. So the fit sees lengths around
each contestant's own mean mᵢ, gives θ′ᵢ = θᵢ + β·mᵢ, and θ is worked out from that; where everybody writes always the same
length, a normal prior keeps β at 0, and nothing is taken out.

In both, everybody has one virtual tie with an average contestant: it keeps who never lost (or never met another) finite, and
weighs no more than a single vote.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVEL = 0.95
ROUNDS = 300
POINTS = 400 / math.log(10)
"""Elo's scale: 400 points are odds of ten to one."""
STEP = 0.05
"""To which the log ratio of lengths is rounded; then the work does not grow with the votes."""
WEAK = 1.0
"""Precision of the normal prior on β: at a β of 1, which is strong, twice the length doubles the odds."""
STEPS, CLOSE, FAR = 30, 1e-8, 2.0
"""Newton's: how many, when it is there, and how far one may go."""


@dataclass(frozen=True, slots=True)
class Duels:
    """Votes between two contestants, column by column; all arrays are of one length."""

    contestants: int
    first: Ints
    """0 to contestants − 1, as `second`."""
    second: Ints
    share: Floats
    """Of the win that goes to the first: 1, 0.5 or 0."""
    longer: Floats
    """How much longer than usual the first caption is, less the same of the second; in logs of length."""
    clip: Ints
    """0 upwards; votes on one clip are drawn together."""
    usual: Floats
    """One a contestant: mean log of the length of its captions."""


def around_usual(first: Ints, second: Ints, lengths: tuple[Floats, Floats], *, contestants: int) -> tuple[Floats, Floats]:
    """`longer` and `usual` of duels, from the logs of the lengths of their first and second captions."""
    who, what = np.concatenate([first, second]), np.concatenate(lengths)
    usual = np.bincount(who, what, minlength=contestants) / np.maximum(np.bincount(who, minlength=contestants), 1)
    return lengths[0] - usual[first] - (lengths[1] - usual[second]), usual


@dataclass(frozen=True, slots=True)
class Fit:
    """Strengths in log odds around a mean of 0, and β; 0 where length was not looked at."""

    strengths: Floats
    length: float = 0.0


Model = Callable[[Duels, Floats], Fit]


def bradley_terry(duels: Duels, weights: Floats) -> Fit:
    """Strengths as evalica finds them, by Newman's iteration."""
    import evalica  # brings pandas along

    everybody = list(range(duels.contestants))
    won = {1.0: evalica.Winner.X, 0.0: evalica.Winner.Y, 0.5: evalica.Winner.Draw}
    found = evalica.bradley_terry(
        [*duels.first.tolist(), *everybody],
        [*duels.second.tolist(), *[duels.contestants] * len(everybody)],
        [*(won[share] for share in duels.share.tolist()), *[evalica.Winner.Draw] * len(everybody)],
        weights=[*weights.tolist(), *[1.0] * len(everybody)],
        limit=1000,
    )
    strengths = np.log([found.scores[one] for one in everybody])
    return Fit(strengths - strengths.mean())


def at_equal_length(duels: Duels, weights: Floats) -> Fit:
    """Strengths and β together, by Newton's method."""
    rows, number = len(duels.share), duels.contestants
    design = np.zeros((rows + number, number + 1))
    design[np.arange(rows), duels.first] += 1
    design[np.arange(rows), duels.second] -= 1
    design[:rows, number] = duels.longer
    design[np.arange(rows, rows + number), np.arange(number)] = 1  # the virtual ties
    share, weight = np.append(duels.share, np.full(number, 0.5)), np.append(weights, np.ones(number))
    found = _newton(design, share, weight, prior=np.append(np.zeros(number), WEAK))
    strengths = found[:-1] - found[-1] * duels.usual
    return Fit(strengths - strengths.mean(), float(found[-1]))


def _newton(design: Floats, share: Floats, weight: Floats, *, prior: Floats) -> Floats:
    """Coefficients of a logistic regression on shares; `prior` holds the precision of each around 0."""
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-design @ found))
        gradient = design.T @ (weight * (share - expected)) - prior * found
        curvature = (design * (weight * expected * (1 - expected))[:, None]).T @ design + np.diag(prior)
        step = np.linalg.solve(curvature, gradient)
        found += np.clip(step, -FAR, FAR)
        if np.abs(step).max() < CLOSE:
            break
    return found


@dataclass(frozen=True, slots=True)
class Estimate:
    """A fit, and what it could as well have been: one row a bootstrap round."""

    fit: Fit
    samples: Floats
    """(rounds, contestants), log odds."""
    lengths: Floats
    """(rounds,), β."""

    def interval(self) -> tuple[Floats, Floats]:
        """Lower and upper end of each strength at the level of 95 %."""
        low, high = np.percentile(self.samples, [50 * (1 - LEVEL), 50 * (1 + LEVEL)], axis=0)
        return low, high


def estimate(duels: Duels, model: Model = bradley_terry, *, rounds: int = ROUNDS, seed: int = 0) -> Estimate:
    """Fit, and bootstrap by clip: what several people say of one clip, and of its several pairs, is drawn together.

    There must be at least one vote."""
    cells, cell = _cells(duels)
    draw = np.random.default_rng(seed)
    clips = int(duels.clip.max()) + 1
    fits = []
    for _ in range(rounds):
        drawn = np.bincount(draw.integers(0, clips, clips), minlength=clips)[duels.clip]
        fits.append(model(cells, np.bincount(cell, drawn, minlength=len(cells.share)).astype(np.float64)))
    fit = model(cells, np.bincount(cell, minlength=len(cells.share)).astype(np.float64))
    return Estimate(fit, np.array([one.strengths for one in fits]), np.array([one.length for one in fits]))


def _cells(duels: Duels) -> tuple[Duels, Ints]:
    """Votes that are alike once each, and for every vote the number of its like."""
    longer = np.round(duels.longer / STEP)
    rows = np.column_stack([duels.first, duels.second, duels.share * 2, longer])
    alike, cell = np.unique(rows, axis=0, return_inverse=True)
    first, second = alike[:, 0].astype(np.int64), alike[:, 1].astype(np.int64)
    return replace(
        duels, first=first, second=second, share=alike[:, 2] / 2, longer=alike[:, 3] * STEP, clip=first * 0
    ), cell.reshape(-1)


def rank_ranges(low: Floats, high: Floats) -> list[tuple[int, int]]:
    """For each contestant the best and the worst place that its interval and those of the others leave open."""
    better = (low[None, :] > high[:, None]).sum(axis=1)
    worse = (high[None, :] < low[:, None]).sum(axis=1)
    return [(int(up) + 1, len(low) - int(down)) for up, down in zip(better, worse, strict=True)]


def preferred(difference: float) -> float:
    """How often one is preferred to another that is weaker by this in log odds."""
    return 1 / (1 + math.exp(-difference))


def votes_needed(share: float, *, power: float = 0.8) -> int | None:
    """Votes between two until a preference of `share` shows at the level of 95 %, with this chance; None for no preference.

    n = (z₀.₉₇₅ + z_power)² / 4 / (share − ½)², the normal approximation of the sign test. Independent votes without ties;
    with raters that agree on two of three, plan for twice as many."""
    if share == 0.5:
        return None
    normal = NormalDist()
    z = normal.inv_cdf((1 + LEVEL) / 2) + normal.inv_cdf(power)
    return math.ceil(z * z / 4 / (share - 0.5) ** 2)


def doubt(won: float, lost: float) -> float:
    """How little is known of which of two is better: the variance of the share under Beta(1 + won, 1 + lost).

    Largest (1/12) for two that never met; small for many votes, and smaller still where they agree."""
    a, b = 1 + won, 1 + lost
    return a * b / ((a + b) ** 2 * (a + b + 1))

"""How sure a share is that was counted in a sample, for showing it. Without scipy, which takes long to load."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends are shares from 0 to 1."""

    low: float
    high: float


def wilson(bad: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The interval to show: never outside 0 to 1, right on average (E. B. Wilson, JASA 22, 1927)."""
    if n <= 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = bad / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))

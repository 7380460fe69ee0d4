"""What many measurements of the same come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of many of the same."""

    what: str
    n: int
    p50_ms: float
    p95_ms: float
    most_ms: float

    @classmethod
    def of(cls, what: str, times_ms: Sequence[float]) -> Spread:
        found = np.percentile(times_ms or [0.0], [50, 95, 100])
        return cls(what, len(times_ms), *(round(float(value), 1) for value in found))

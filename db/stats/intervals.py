"""How sure a share is that was counted in a sample: what is promised of it. For what is only shown see `wilson`."""

from __future__ import annotations

from scipy import special

from db.stats import lots
from db.stats.wilson import Interval


def clopper_pearson(bad: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The interval that holds the truth at least so often, whatever it is (Clopper and Pearson, Biometrika 26, 1934).

    Counts need not be whole: Korn and Graubard put in what a weighted sample is worth (see `weighted`)."""
    half = (1 + confidence) / 2
    return Interval(_lowest(bad, n, half), upper_bound(bad, n, confidence=half))


def upper_bound(bad: float, n: float, *, confidence: float = 0.95) -> float:
    """The share that is exceeded with no more than 1 − `confidence`: one side of Clopper and Pearson's interval."""
    return 1.0 if bad >= n else float(special.betaincinv(bad + 1, n - bad, confidence))


def _lowest(bad: float, n: float, confidence: float) -> float:
    return 0.0 if bad <= 0 else float(special.betaincinv(bad, n - bad + 1, 1 - confidence))


def lot_upper_bound(bad: int, n: int, *, lot: int, confidence: float = 0.95) -> float:
    """The same promise for a lot of `lot` clips from which `n` were drawn and not put back: a share of the whole lot.

    The test is turned round: the largest number of bad clips under which so few would still be found often enough."""
    low, high = bad, lot - (n - bad)
    while low < high:
        middle = (low + high + 1) // 2
        if float(lots.at_most(bad, n, bad_in_lot=middle, lot=lot)) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low / lot

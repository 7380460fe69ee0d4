"""A share of bad clips, corrected for reviewers who overlook some and blame others, as hidden clips with known answers show.

The estimate is Rogan and Gladen's (Am. J. Epidemiol. 107, 1978), the interval Lang and Reiczigel's (Prev. Vet. Med. 113,
2014), which knows that sensitivity and specificity were estimated too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from db.stats.wilson import Interval

RELIABLE = 0.7
"""Who finds fewer of the bad ones does not inspect: no corrected number is given."""
FEWEST = 5
"""Hidden clips of each kind, before anything is said."""


@dataclass(frozen=True, slots=True)
class Eye:
    """How reviewers did on hidden clips whose answer is known."""

    bad: int
    bad_found: int
    good: int
    good_passed: int

    @property
    def sensitivity(self) -> float:
        """The share of bad clips that were called bad."""
        return self.bad_found / self.bad if self.bad else 0.0

    @property
    def specificity(self) -> float:
        """The share of good clips that were called good."""
        return self.good_passed / self.good if self.good else 0.0

    @property
    def known(self) -> bool:
        """Enough hidden clips of both kinds were seen."""
        return min(self.bad, self.good) >= FEWEST

    @property
    def reliable(self) -> bool:
        return self.sensitivity >= RELIABLE and self.sensitivity + self.specificity > 1


def rogan_gladen(share: float, eye: Eye) -> float:
    """The true share behind an observed one, held between 0 and 1."""
    found = (share + eye.specificity - 1) / (eye.sensitivity + eye.specificity - 1)
    return min(1.0, max(0.0, found))


def lang_reiczigel(share: float, worth: float, eye: Eye, *, confidence: float = 0.95) -> Interval:
    """The interval of the true share; `worth` is the number of clips behind the observed one."""
    z = float(special.ndtri((1 + confidence) / 2))
    n, n_bad, n_good = worth + z * z, eye.bad + 2, eye.good + 2
    seen = (worth * share + z * z / 2) / n
    finds, clears = (eye.bad_found + 1) / n_bad, (eye.good_passed + 1) / n_good
    true = (seen + clears - 1) / (finds + clears - 1)
    of_finds, of_clears = finds * (1 - finds) / n_bad, clears * (1 - clears) / n_good
    shift = 2 * z * z * (true * of_finds - (1 - true) * of_clears)
    variance = (seen * (1 - seen) / n + true**2 * of_finds + (1 - true) ** 2 * of_clears) / (finds + clears - 1) ** 2
    half = z * math.sqrt(variance)
    return Interval(min(1.0, max(0.0, true + shift - half)), max(0.0, min(1.0, true + shift + half)))

"""Flashes: the picture turns much brighter or darker and back again within a few frames. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

JUMP = 0.1
"""Change of mean brightness that counts, there and back: a tenth of the range, as in the guidelines on photosensitivity."""
SUDDEN_S = 0.1
"""Longest time in which it comes, to the height."""
GONE_S = 0.25
"""Longest time in which it goes again, at least half of the way."""


def count(times_s: Sequence[float], brightness: Sequence[float]) -> int:
    """Flashes in a stretch: bright ones or dark ones, whichever are more; a strobe has as many of both."""
    if not brightness or max(brightness) - min(brightness) < JUMP:
        return 0
    return max(_peaks(times_s, brightness), _peaks(times_s, [-value for value in brightness]))


def _peaks(times_s: Sequence[float], values: Sequence[float]) -> int:
    """Heights that come and go as quickly as a flash."""
    found, last = 0, 0
    for index in range(1, len(values) - 1):
        if values[index - 1] < values[index] >= values[index + 1] and _is_flash(times_s, values, index):
            between = min(values[last : index + 1])
            if not found or between <= min(values[last], values[index]) - JUMP:  # else it is the same flash, flickering
                found += 1
            last = index
    return found


def _is_flash(times_s: Sequence[float], values: Sequence[float], index: int) -> bool:
    now, height = times_s[index], values[index]
    before = takewhile(lambda i: now - times_s[i] <= SUDDEN_S + 1e-4, range(index - 1, -1, -1))
    after = takewhile(lambda i: times_s[i] - now <= GONE_S + 1e-4, range(index + 1, len(values)))
    rise = max((height - values[i] for i in before), default=0.0)
    fall = max((height - values[i] for i in after), default=0.0)
    return rise >= JUMP and fall >= max(JUMP, rise / 2)

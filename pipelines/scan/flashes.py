"""Flashes: the picture turns much brighter or darker and back again within a few frames. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

JUMP = 0.1
"""Change of mean brightness that counts, there and back: a tenth of the range, as in the guidelines on photosensitivity."""
WITHIN_S = 0.25
"""Longest time from before the change to its height, and from there to after it."""


def count(times_s: Sequence[float], brightness: Sequence[float]) -> int:
    """Flashes in a stretch: bright ones or dark ones, whichever are more; a strobe has as many of both."""
    if not brightness or max(brightness) - min(brightness) < JUMP:
        return 0
    return max(_peaks(times_s, brightness), _peaks(times_s, [-value for value in brightness]))


def _peaks(times_s: Sequence[float], values: Sequence[float]) -> int:
    """Heights that rise by `JUMP` above what was shortly before and what is shortly after."""
    found, last = 0, 0
    for index in range(1, len(values) - 1):
        if values[index - 1] < values[index] >= values[index + 1] and _stands_out(times_s, values, index):
            between = min(values[last : index + 1])
            if not found or between <= min(values[last], values[index]) - JUMP:  # else it is the same flash, flickering
                found += 1
            last = index
    return found


def _stands_out(times_s: Sequence[float], values: Sequence[float], index: int) -> bool:
    now, lowest = times_s[index], values[index] - JUMP
    before = takewhile(lambda i: now - times_s[i] <= WITHIN_S, range(index - 1, -1, -1))
    after = takewhile(lambda i: times_s[i] - now <= WITHIN_S, range(index + 1, len(values)))
    return any(values[i] <= lowest for i in before) and any(values[i] <= lowest for i in after)

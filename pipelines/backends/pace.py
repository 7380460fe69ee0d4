"""How many questions a server is sent at once: few at first, more as answers come in time, fewer when they come late.

A server that works on one question at a time lets the others wait. When their time is over they are asked again, while it
still works on those that nobody waits for any more: sent all there are, it would never get ahead.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import Cancelled

FIRST = 4
FEWER = 0.7
PROMPT = 0.25
"""Of the time after which an answer is late. Sooner, each makes room for one more; in between a whole round of them does,
because answers tell of the past."""


class Pace:
    """A gate for the threads that ask."""

    def __init__(self, most: int, *, late_s: float) -> None:
        """At most `most` at once; an answer is late that begins after `late_s`."""
        self._most, self._late_s = most, late_s
        self._room, self._busy = float(min(FIRST, most)), 0
        self._changed = threading.Condition()
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for room for one question, and hold it. Raises `Cancelled` after `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._busy < int(self._room))
            if self._closed:
                raise Cancelled("the worker stopped")
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def answered(self, first_s: float) -> None:
        """An answer began after so many seconds."""
        with self._changed:
            if first_s > self._late_s:
                self._room = max(1.0, self._room * FEWER)
            else:
                more = 1.0 if first_s < PROMPT * self._late_s else 1.0 / self._room
                self._room = min(self._room + more, float(self._most))
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

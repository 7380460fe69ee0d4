"""Knows whether a server answers at all, so that questions wait for it instead of failing one by one."""

from __future__ import annotations

import threading
import time

from pipelines.errors import Fatal, NotNow

BREAKS_AFTER = 5
"""Questions in a row that nobody answered: then the others are not even asked for a while."""
REST_S = 15.0
GIVES_UP_S = 600.0
"""A server that is away for so long will not come back by itself."""


class Breaker:
    """Knows whether a server answers at all. When it does not, questions go back instead of failing."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._failures = 0
        self._since = self._until = 0.0

    def check(self) -> None:
        """Raise `NotNow` while the server is given rest."""
        if time.monotonic() < self._until:
            raise NotNow(f"{self._place} does not answer; it is asked again in a moment")

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._until = 0, 0.0

    def failed(self, cause: str) -> Exception:
        """Count it; what it means for the question."""
        now = time.monotonic()
        with self._lock:
            self._since = self._since if self._failures else now
            self._failures += 1
            if now - self._since > GIVES_UP_S:
                return Fatal(f"{self._place} has not answered for {GIVES_UP_S / 60:.0f} minutes ({cause}); start it again")
            if self._failures >= BREAKS_AFTER:
                self._until = now + REST_S
        return NotNow(f"{self._place} does not answer ({cause}); it is asked again in a moment")

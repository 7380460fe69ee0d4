"""Which worker of a machine holds networks of its own: one at a time, or each would fill the card with the same weights."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import IO, Any

from pipelines.asking import Asking
from pipelines.stage import Stage

LOOK_AGAIN_S = 5.0
"""Until a worker tries again to take over a stage whose network another one holds."""


class Held(Exception):
    """Another worker holds the networks; the jobs are for it."""


class Holding:
    """The right to hold networks, taken when the first is needed, kept until the worker ends."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file: IO[str] | None = None
        self._others: dict[str, float] = {}

    def must_be_ours(self, stage: Stage[Any, Any]) -> None:
        """Raise `Held` when the stage wants a network in this process and another worker has that right."""
        if isinstance(stage, Asking) and stage.is_local and not self._take():
            self._others[stage.name] = time.monotonic() + LOOK_AGAIN_S
            raise Held(stage.name)

    def elsewhere(self) -> list[str]:
        """Stages that are left to another worker for now."""
        now = time.monotonic()
        return [name for name, until in self._others.items() if until > now]

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None

    def _take(self) -> bool:
        if self._file:
            return True
        file = self._place.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

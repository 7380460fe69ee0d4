"""How busy networks of this process are: the share of time in which one computed. Loads no torch."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

DRIVER = "nvidia-smi"
DRIVER_S = 2.0
"""A driver that does not answer by then is not waited for."""


class Busy:
    """A clock that runs while anybody computes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._computing = 0
        self._since = 0.0
        self._spent_s = 0.0
        self._looked_at, self._looked_s = time.monotonic(), 0.0
        self._used = False

    @contextmanager
    def computing(self) -> Iterator[None]:
        """The clock runs until the end of the block; several at once count once."""
        with self._lock:
            self._used = True
            if not self._computing:
                self._since = time.monotonic()
            self._computing += 1
        try:
            yield
        finally:
            with self._lock:
                self._computing -= 1
                if not self._computing:
                    self._spent_s += time.monotonic() - self._since

    def share(self) -> float | None:
        """Of the time since this was last asked, 0 to 1, what is still going on included; None when nobody ever computed."""
        with self._lock:
            now = time.monotonic()
            spent = self._spent_s + (now - self._since if self._computing else 0.0)
            passed, came = now - self._looked_at, spent - self._looked_s
            self._looked_at, self._looked_s = now, spent
            return min(1.0, came / passed) if self._used and passed > 0 else None


BUSY = Busy()
"""Of this process."""


def gpus() -> list[float] | None:
    """Of each NVIDIA card of this machine the share of the last moment in which it computed; None without one."""
    if shutil.which(DRIVER) is None:
        return None
    command = [DRIVER, "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=DRIVER_S, check=True).stdout
        return [float(line) / 100 for line in told.split()] or None
    except (OSError, subprocess.SubprocessError, ValueError):
        return None

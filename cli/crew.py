"""Worker processes: started, started again when they die, and stopped with whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from pipelines.errors import ClapperError
from settings import Settings

APP = Path(__file__).parent.parent / "app.py"
SOONEST_S = 1.0
"""A worker that dies at once is not started again faster than this; the wait doubles up to `LATEST_S`."""
LATEST_S = 30.0
QUICK_S = 5.0
QUICK_DEATHS = 3
"""So many workers that die within `QUICK_S` of their start, one after another, and something is wrong with the place."""
STOP_S = 20.0


class Crew:
    """`with Crew(settings, count=2):` keeps two workers running. Their words go to `logs/` in the data folder."""

    def __init__(self, settings: Settings, *, count: int) -> None:
        self._settings, self._count = settings, count
        self._stop = threading.Event()
        self._quick_deaths = 0
        self._keepers = [threading.Thread(target=self._keep, args=(n,), daemon=True) for n in range(count)]

    def __enter__(self) -> Crew:
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        for keeper in self._keepers:
            keeper.join(timeout=STOP_S)

    def check(self) -> None:
        """Raise an error when no worker stays alive: waiting for them would be for ever."""
        if self._quick_deaths >= QUICK_DEATHS:
            raise ClapperError(f"workers die as soon as they start; {self._logs / 'worker-0.log'} says why")

    def _keep(self, number: int) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        wait = SOONEST_S
        while not self._stop.is_set():
            began = time.monotonic()
            with (self._logs / f"worker-{number}.log").open("ab") as log:
                self._attend(self._start(log.fileno()))
            lived = time.monotonic() - began
            self._quick_deaths = self._quick_deaths + 1 if lived < QUICK_S else 0
            wait = SOONEST_S if lived > LATEST_S else min(2 * wait, LATEST_S)
            self._stop.wait(wait)

    @property
    def _logs(self) -> Path:
        return self._settings.data / "logs"

    def _start(self, log: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(APP), "worker", "--parent", str(os.getpid()), "--data", str(self._settings.data)]
        command += [word for host in self._settings.remote_hosts for word in ("--remote-host", host)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _attend(self, worker: subprocess.Popen[bytes]) -> None:
        """Wait until the worker dies by itself or the crew is stopped."""
        while worker.poll() is None and not self._stop.wait(0.2):
            pass
        if worker.poll() is None:
            worker.terminate()
            try:
                worker.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def default_workers() -> int:
    """One per core, up to four: beyond that a person should choose."""
    return max(1, min(4, os.cpu_count() or 1))

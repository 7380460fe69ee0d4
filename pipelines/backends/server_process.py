"""A model server as a child process: a free port of the loopback, health, the end of its log, and a sure end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from pipelines.child import ROOT
from pipelines.errors import Fatal

LOOK_S = 0.25
GRACE_S = 3.0
LOG_CHARACTERS = 1500
Command = Callable[[int], Sequence[str]]
"""A port → the program and its arguments."""
STARTER = ThreadPoolExecutor(1, thread_name_prefix="servers")
"""Starts them all: the system ends a child on its leash together with the *thread* that started it, and this one stays."""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy of the environment does not know our loopback."""


class ServerProcess:
    """One server, started when made. It ends with the process that started it, however that happens."""

    def __init__(self, command: Command, *, environment: Mapping[str, str], log: Path) -> None:
        self.port, self.log = _free_port(), log
        log.parent.mkdir(parents=True, exist_ok=True)
        leash = [sys.executable, "-m", "pipelines.backends.leash", str(os.getpid())]
        with log.open("ab") as output:
            self._popen = STARTER.submit(
                subprocess.Popen,
                [*leash, *command(self.port)],
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ).result()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def healthy(self) -> bool:
        """Whether it says that it can be asked."""
        with suppress(urllib.error.URLError, OSError), DIRECT.open(f"{self.url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def wait(self, seconds: float) -> None:
        """Until it is healthy. Raises `Fatal` with the end of its log when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive():
                raise Fatal(f"the server ended while it was starting; the end of {self.log}: {self.last_words()}")
            if self.healthy():
                return
            time.sleep(LOOK_S)
        self.stop()
        raise Fatal(f"the server was not ready after {seconds:.0f} s; the end of {self.log}: {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log, on one line."""
        with suppress(OSError):
            return " ".join(self.log.read_text(errors="replace")[-LOG_CHARACTERS:].split())
        return ""

    def stop(self) -> None:
        """End it with everything it started."""
        for number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(patience)
        with suppress(ProcessLookupError, PermissionError):  # its children, when it went first
            os.killpg(self.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

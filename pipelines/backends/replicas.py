"""Several servers that hold the same model, one a card: a question goes to the least busy; the dead are revived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.backends.server_process import ServerProcess
from pipelines.chat import Answer, Chat, Request
from pipelines.errors import ClapperError, Fatal, NotNow

MOST_REVIVALS = 5
"""In `REVIVALS_WITHIN_S`; a server that dies more often will go on dying."""
REVIVALS_WITHIN_S = 1800.0
Start = Callable[[int], ServerProcess]
"""The number of a card → its server, started."""
Line = Callable[[ServerProcess], Chat]
"""A healthy server → a chat with it."""


@dataclass
class Replica:
    """One server and the questions it has."""

    number: int
    process: ServerProcess
    chat: Chat | None = None
    """None while it is starting."""
    busy: int = 0
    revivals: list[float] = field(default_factory=list)


class Replicas(Chat):
    """Answers as long as one of them lives."""

    takes_films = False

    def __init__(self, model: str, count: int, *, start: Start, line: Line, patience_s: float, window: int) -> None:
        """Start them all and wait until they are healthy. Raises `Fatal`, and leaves nothing running then."""
        self.model, self.window = model, window * count
        self._start, self._line, self._patience_s = start, line, patience_s
        self._lock = threading.Lock()
        self._closed = False
        self._broken: Fatal | None = None
        self._replicas = [Replica(number, start(number)) for number in range(count)]
        try:
            for replica in self._replicas:
                self._wait(replica)
        except BaseException:
            self.close()
            raise

    def ask(self, request: Request) -> Answer:
        replica, chat = self._take()
        try:
            return chat.ask(request)
        except NotNow:
            if not replica.process.alive():
                self._revive(replica)
            raise
        finally:
            with self._lock:
                replica.busy -= 1

    def close(self) -> None:
        self._closed = True
        for replica in self._replicas:
            if replica.chat:
                replica.chat.close()
            replica.process.stop()

    @property
    def processes(self) -> Sequence[ServerProcess]:
        return [replica.process for replica in self._replicas]

    def _take(self) -> tuple[Replica, Chat]:
        """The least busy one that answers."""
        with self._lock:
            if self._broken:
                raise self._broken
            ready = [(replica, replica.chat) for replica in self._replicas if replica.chat]
            if not ready:
                raise NotNow(f"the server of {self.model} is being started again")
            replica, chat = min(ready, key=lambda pair: pair[0].busy)
            replica.busy += 1
            return replica, chat

    def _wait(self, replica: Replica) -> None:
        replica.process.wait(self._patience_s)
        replica.chat = self._line(replica.process)

    def _revive(self, replica: Replica) -> None:
        """Start a dead one again, beside everything else."""
        with self._lock:
            if replica.chat is None or self._closed:
                return
            replica.chat.close()
            replica.chat = None
            now = time.monotonic()
            replica.revivals = [at for at in replica.revivals if now - at < REVIVALS_WITHIN_S]
            if len(replica.revivals) >= MOST_REVIVALS:
                self._broken = Fatal(f"the server of {self.model} died {MOST_REVIVALS} times; see {replica.process.log}")
                return
            replica.revivals.append(now)
        threading.Thread(target=self._start_again, args=(replica,), daemon=True, name=f"revive {replica.number}").start()

    def _start_again(self, replica: Replica) -> None:
        replica.process.stop()  # whatever of its group is left
        try:
            replica.process = self._start(replica.number)
            self._wait(replica)
        except ClapperError as error:
            self._broken = Fatal(str(error))
        if self._closed:
            replica.process.stop()

"""What a handler may use, and how it learns that it should stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from db import queue
from db.models import Run
from db.queue import Lease
from db.session import Store
from pipelines.child import Child
from pipelines.errors import Fatal
from pipelines.recipe import Recipe, from_config
from pipelines.stage import Stage
from settings import Settings
from work.holding import Holding
from work.ready import Ready


class Watching(Protocol):
    """What a handler sees of the worker's watch."""

    worker: str
    stopping: threading.Event

    def gone(self, lease: Lease) -> bool: ...

    def hold(self, leases: Sequence[Lease]) -> None: ...


Handler = Callable[[Sequence[Lease], "Bench"], None]


@dataclass
class Bench:
    """Tools of one worker process: the database, a decoding child, and the stages that are set up."""

    settings: Settings
    store: Store
    child: Child
    watch: Watching
    """Knows which jobs were cancelled or lost, and keeps the others."""
    holding: Holding
    """Whether networks may be loaded here, or are another worker's."""
    proxies_made: int = 0
    _ready: Ready = field(default_factory=Ready)
    _recipes: dict[int, Recipe] = field(default_factory=dict)
    _adopts: dict[int, bool] = field(default_factory=dict)

    def recipe(self, run_id: int | None) -> Recipe:
        """The recipe of a run, as it was configured when it was queued."""
        if run_id not in self._recipes:
            with self.store.read() as session:
                self._recipes[run_id or 0] = from_config(session.get_one(Run, run_id).config)
        return self._recipes[run_id or 0]

    def adopts(self, run_id: int | None) -> bool:
        """Whether captions of the run come into force where nobody has decided."""
        if run_id not in self._adopts:
            with self.store.read() as session:
                self._adopts[run_id or 0] = bool(session.get_one(Run, run_id).adopts)
        return self._adopts[run_id or 0]

    def gone(self, lease: Lease) -> bool:
        """Whether a job was cancelled, went to somebody else, or the worker is asked to stop."""
        return self.watch.gone(lease)

    def stopping(self) -> bool:
        """Whether the worker is asked to stop."""
        return self.watch.stopping.is_set()

    def claim_more(self, like: Lease, room: int, held: Sequence[Lease], *, stages: Collection[str] = ()) -> list[Lease]:
        """Further jobs of the same run, of its stage or of `stages`, up to `room`, kept alive together with those `held`."""
        more: list[Lease] = []
        if room > 0:
            with self.store.write() as session:
                more = queue.claim_more(session, self.watch.worker, like, room, stages=stages)
        self.watch.hold([*held, *more])
        return more

    def release(self, leases: Sequence[Lease]) -> None:
        """Give jobs back at once; of a cancelled job this changes nothing."""
        with self.store.write() as session:
            queue.release(session, leases)

    def ready(self, stage: Stage[Any, Any]) -> Stage[Any, Any]:
        """The stage with its weights loaded; kept for later batches while there is memory. Raises `Fatal`, `Held`."""
        if found := self._ready.get(stage):
            return found
        self.holding.must_be_ours(stage)
        try:
            return self._ready.set_up(stage)
        except ImportError as error:
            raise Fatal(f"{stage.name} needs the package {error.name}; install it and start the worker again") from error

    def at_hand(self, stage: Stage[Any, Any]) -> Stage[Any, Any] | None:
        """The stage if it is set up already."""
        return self._ready.get(stage)

    def fail(self, lease: Lease, *, kind: str, reason: str) -> None:
        """Give a job up, with a reason for people."""
        with self.store.write() as session:
            queue.fail(session, lease, kind=kind, reason=reason)

    def close(self) -> None:
        """Give everything back."""
        self.child.close()
        self._ready.close()
        self.holding.close()

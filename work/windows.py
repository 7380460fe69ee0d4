"""Many questions on their way at once: a bounded window of clips, filled up whenever one of them ends.

    claim ─▶ [ one │ one │ one │ … ] ─▶ store        each thread is one clip from its frames to its caption
      ▲                │
      └── room in the window

An engine is kept busy, a slow answer holds up nobody, and results are stored by the clip they belong to, in whatever order
they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from db.queue import Lease, LeaseLost
from pipelines.asking import Asking
from pipelines.errors import Cancelled, Fatal, NotNow
from pipelines.stage import Failed, run_batch
from work.bench import Bench

if TYPE_CHECKING:
    from work.clips import Task

LOOK_S = 0.5
"""How often the window looks whether a clip in it was cancelled."""
Tasks = Callable[[Sequence[Lease], Bench], Iterable["Task"]]
Store = Callable[["Task", Any, Bench], None]
Later = Callable[[Lease, NotNow, Bench], None]


@dataclass(frozen=True)
class Window:
    """What is on its way, and what becomes of it."""

    bench: Bench
    store: Store
    later: Later
    flying: dict[Future[Any], Task] = field(default_factory=dict)

    def land(self) -> None:
        """Keep what has ended meanwhile. Raises the `Fatal` that one of them met, after all of them are kept."""
        ended, _ = wait(self.flying, LOOK_S, FIRST_COMPLETED)
        errors = [error for future in ended if (error := self._landed(self.flying.pop(future), future))]
        if errors:
            raise errors[0]

    def give_up(self, error: Fatal) -> None:
        """Nobody will be answered any more: all that is still on its way ends with the reason."""
        for task in self.flying.values():
            self._failed(task, error)

    def drop_cancelled(self) -> None:
        """Forget clips that were cancelled or lost; when the worker stops, all of them."""
        for future, task in list(self.flying.items()):
            if self.bench.gone(task.lease):
                future.cancel()
                del self.flying[future]
                self.bench.release([task.lease])
        if self.bench.stopping():
            raise Cancelled("the worker stops")

    def _landed(self, task: Task, future: Future[Any]) -> Fatal | None:
        """Keep a result; give a clip back whose server is away."""
        with suppress(LeaseLost):  # cancelled meanwhile, or taken over: nobody wants it any more
            try:
                (ended,) = future.result()
            except NotNow as error:
                self.later(task.lease, error, self.bench)
            except Cancelled:
                self.bench.release([task.lease])
            except Fatal as error:
                self._failed(task, error)
                return error
            else:
                assert ended.item.id == task.id, "an answer is stored with the clip it was asked for"
                self.store(task, ended, self.bench)
        return None

    def _failed(self, task: Task, error: Fatal) -> None:
        with suppress(LeaseLost):
            self.store(task, Failed(task.item, "stage_broken", str(error)), self.bench)


def run(ready: Asking[Any, Any], leases: Sequence[Lease], bench: Bench, *, tasks: Tasks, store: Store, later: Later) -> None:
    """Work on these jobs, and on further ones of their stage as they fit, until none is left. Raises what stops them all."""
    pool = ThreadPoolExecutor(ready.window, thread_name_prefix=ready.name)
    window = Window(bench, store, later)
    try:
        waiting: Sequence[Lease] = leases
        while waiting or window.flying:
            for task in tasks(waiting, bench) if waiting else ():
                window.flying[pool.submit(run_batch, ready, [task.item])] = task
            window.land()
            window.drop_cancelled()
            held = [task.lease for task in window.flying.values()]
            waiting = bench.claim_more(leases[0], ready.window - len(held), held)
    except Fatal as error:
        window.give_up(error)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # what is still on its way has nobody left to wait for it

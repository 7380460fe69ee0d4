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
from typing import TYPE_CHECKING, Any

from db.queue import Lease, LeaseLost
from pipelines.asking import Asking
from pipelines.errors import Cancelled, NotNow
from pipelines.stage import Done, Failed, run_batch
from work.bench import Bench

if TYPE_CHECKING:
    from work.clips import Task

LOOK_S = 0.5
"""How often the window looks whether a clip in it was cancelled."""
Tasks = Callable[[Sequence[Lease], Bench], Iterable["Task"]]
Store = Callable[["Task", Any, Bench], None]


def run(ready: Asking[Any, Any], leases: Sequence[Lease], bench: Bench, *, tasks: Tasks, store: Store) -> None:
    """Work on these jobs, and on further ones of their stage as they fit, until none is left. Raises what stops them all."""
    pool = ThreadPoolExecutor(ready.window, thread_name_prefix=ready.name)
    flying: dict[Future[Any], Task] = {}
    try:
        waiting: Sequence[Lease] = leases
        while waiting or flying:
            for task in tasks(waiting, bench) if waiting else ():
                flying[pool.submit(run_batch, ready, [task.item])] = task
            ended, _ = wait(flying, LOOK_S, FIRST_COMPLETED)
            for future in ended:
                _land(flying.pop(future), future, bench, store)
            _drop_cancelled(flying, bench)
            waiting = bench.claim_more(leases[0], ready.window - len(flying), [task.lease for task in flying.values()])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # what is still on its way has nobody left to wait for it


def _land(task: Task, future: Future[Any], bench: Bench, store: Store) -> None:
    """Keep a result; give a clip back whose server is away."""
    from work.clips import later

    with suppress(LeaseLost):  # cancelled meanwhile, or taken over: nobody wants it any more
        try:
            (ended,) = future.result()
        except NotNow as error:
            later(task.lease, error, bench)
        except Cancelled:
            bench.release([task.lease])
        else:
            _stored(task, ended, bench, store)


def _stored(task: Task, ended: Done[Any, Any] | Failed[Any], bench: Bench, store: Store) -> None:
    assert ended.item.id == task.id, "an answer is stored with the clip it was asked for"
    store(task, ended, bench)


def _drop_cancelled(flying: dict[Future[Any], Task], bench: Bench) -> None:
    """Forget clips that were cancelled or lost; when the worker stops, all of them."""
    for future, task in list(flying.items()):
        if bench.gone(task.lease):
            future.cancel()
            del flying[future]
            bench.release([task.lease])
    if bench.stopping():
        raise Cancelled("the worker stops")

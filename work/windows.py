"""Many questions on their way at once: a bounded window of clips, filled up whenever one of them ends.

    claim ─▶ [ one │ one │ one │ … ] ─▶ store        each thread is one clip from its frames to its caption
      ▲                │
      └── room in the window

An engine is kept busy, a slow answer holds up nobody, and results are stored by the clip they belong to, in whatever order
they come. Stages that are set up and ask as many questions at once go together: a caption that ends makes a more urgent job
for the judge, and if that one waited for all other captions, the engine would run idle at the end of every wave.
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
from pipelines.kinds import Captioner, Rewriter
from pipelines.stage import Failed, Stage, run_batch
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

    def land(self) -> Fatal | None:
        """Keep what has ended meanwhile. A `Fatal` that one of them met ends all of its stage, and is given back."""
        ended, _ = wait(self.flying, LOOK_S, FIRST_COMPLETED)
        landed = [(task, self._landed(task, future)) for future in ended if (task := self.flying.pop(future))]
        errors = {task.lease.stage: error for task, error in landed if error}
        for stage, error in errors.items():
            self._give_up(stage, error)
        return next(iter(errors.values()), None)

    def _give_up(self, stage: str, error: Fatal) -> None:
        """Nobody of this stage will be answered any more: all that is still on its way ends with the reason."""
        for future, task in list(self.flying.items()):
            if task.lease.stage == stage:
                del self.flying[future]
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
    """Work on these jobs, and on further ones as they fit, until none is left. Raises what stops the stage."""
    pool = ThreadPoolExecutor(ready.window, thread_name_prefix=ready.name)
    window, broken = Window(bench, store, later), None
    try:
        waiting: Sequence[Lease] = leases
        while waiting or window.flying:
            together = _together(ready, leases[0], bench)
            for task in tasks(waiting, bench) if waiting else ():
                window.flying[pool.submit(run_batch, together[task.lease.stage], [task.item])] = task
            broken = window.land() or broken
            window.drop_cancelled()
            held = [task.lease for task in window.flying.values()]
            room = 0 if broken else ready.window - len(held)
            waiting = bench.claim_more(leases[0], room, held, stages=together)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # what is still on its way has nobody left to wait for it
    if broken:
        raise broken


def _together(ready: Asking[Any, Any], lease: Lease, bench: Bench) -> dict[str, Stage[Any, Any]]:
    """By name the stages of the recipe that may be at work beside this one: who asks as many, or works on words alone."""
    stages = (stage for stage in bench.recipe(lease.run_id).after_rules() if isinstance(stage, Stage))
    at_hand = filter(None, map(bench.at_hand, stages))
    return {one.name: one for one in at_hand if _goes_with(ready, one)} | {ready.name: ready}


def _goes_with(ready: Asking[Any, Any], other: Stage[Any, Any]) -> bool:
    if isinstance(other, Asking):
        return other.window == ready.window
    return isinstance(other, Captioner | Rewriter) and not other.holds()

"""A worker: claim, do, store, again. Any number of them share a database; any of them may be killed at any moment.

loop:   take back jobs of dead workers ─▶ claim ─▶ handler ─▶ (result and end of job in one transaction)
watch:  a thread that keeps the leases alive and notices cancellation within half a second
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import OperationalError

from db import models, queue, runs, workers
from db.queue import HEARTBEAT_S, Lease, LeaseLost
from db.session import Store, open_store
from pipelines.busy import BUSY, gpus
from pipelines.child import Child
from pipelines.errors import Cancelled, Refused
from pipelines.kinds import ALIGNERS, CAPTIONERS, REWRITERS, SCORERS
from settings import Settings
from work import answers, clips, exports, files, reels, weights
from work.bench import Bench, Handler
from work.holding import Held, Holding

log = logging.getLogger("clapper.worker")

HANDLERS: dict[str, Handler] = {
    "find": files.find,
    "fetch": files.fetch,
    "probe": files.probe,
    "scan": files.scan,
    "proxy": clips.proxy,
    "export": exports.export,
    "reel": reels.reel,
    "answer": answers.answer,
    "weights": weights.weights,
}
"""Every other stage is one of the recipe and works on clips."""
IDLE_S = 0.3
LOOK_S = 0.5
"""How often the watch looks for cancellation."""
DISK_FULL_WAIT_S = 30.0


class Watch(threading.Thread):
    """Keeps leases alive, and knows which of them are gone."""

    def __init__(self, store: Store, worker: str) -> None:
        super().__init__(daemon=True, name="watch")
        self._store, self.worker = store, worker
        self._leases: tuple[Lease, ...] = ()
        self._gone: set[int] = set()
        self._end = threading.Event()
        self.parent: int | None = None
        """Process without which there is no reason to work."""
        self.stopping = threading.Event()

    def hold(self, leases: Sequence[Lease]) -> None:
        kept = {lease.job_id for lease in leases}
        self._leases, self._gone = tuple(leases), self._gone & kept

    def gone(self, lease: Lease) -> bool:
        """Whether to drop this job: cancelled, lost, or the worker is asked to stop."""
        return lease.job_id in self._gone or self.stopping.is_set()

    def run(self) -> None:
        beaten = 0.0
        while not self._end.wait(LOOK_S):
            if self.parent not in (None, os.getppid()):
                self.stopping.set()
            with suppress(OperationalError):  # a full or busy disk: the next look tries again
                self._look()
                if time.monotonic() - beaten >= HEARTBEAT_S:
                    self._beat()
                    beaten = time.monotonic()

    def close(self) -> None:
        self._end.set()
        self.join(timeout=5)

    def _look(self) -> None:
        leases = self._leases
        if leases:
            with self._store.read() as session:
                self._gone |= queue.lost(session, leases)

    def _beat(self) -> None:
        share, cards = BUSY.share(), gpus()
        held = [lease for lease in self._leases if lease.job_id not in self._gone]
        with self._store.write() as session:
            queue.beat(session, self.worker, held, model_busy=share, gpus=cards)


class Worker:
    """One process's loop."""

    def __init__(self, settings: Settings) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.store = open_store(settings.database)
        self.watch = Watch(self.store, self.id)
        self.bench = Bench(settings, self.store, Child(), self.watch, Holding(settings.data / "networks.lock"))

    def run(self, *, until_idle: bool = False) -> None:
        """Work until asked to stop; with `until_idle`, until there is nothing left to claim."""
        with self.store.write() as session:
            workers.enlist(session, self.id)
        self.watch.start()
        try:
            while not self.watch.stopping.is_set():
                if not self._turn():
                    if until_idle:
                        break
                    self.watch.stopping.wait(IDLE_S)
        finally:
            self.watch.close()
            self.bench.close()
            with self.store.write() as session:
                workers.dismiss(session, self.id)
            self.store.close()

    def stop(self) -> None:
        """Give back what is held and end; safe to call from a signal handler."""
        self.watch.stopping.set()

    def _turn(self) -> bool:
        """Do one batch; whether there was one."""
        with self.store.write() as session:
            reaped = queue.reap(session)
            leases = queue.claim(session, self.id, most=batch_of, without=self.bench.holding.elsewhere())
        for lease in reaped.given_up:
            self._give_up_for_good(lease)
        if not leases:
            return False
        self.watch.hold(leases)
        try:
            self._do(leases)
        finally:
            self.watch.hold(())
            self._close_run(leases[0].run_id)
        return True

    def _do(self, leases: Sequence[Lease]) -> None:
        handler = HANDLERS.get(leases[0].stage, clips.stage)
        try:
            handler(leases, self.bench)
        except (Cancelled, Held):
            with self.store.write() as session:
                queue.release(session, leases)  # of a cancelled job this changes nothing
        except LeaseLost as lost:
            log.info("dropped %s: no longer ours", lost)
        except Exception as error:
            self._give_up(leases, error)

    def _give_up(self, leases: Sequence[Lease], error: Exception) -> None:
        """A full disk is nobody's fault and waits; anything else is the item's, with its reason."""
        with self.store.write() as session:
            if is_disk_full(error):
                for lease in leases:
                    queue.postpone(session, lease, seconds=DISK_FULL_WAIT_S, reason="the disk is full; make room")
                return
            if not isinstance(error, Refused):
                log.exception("%s failed on %s", leases[0].stage, leases[0].label)
            kind, reason = (error.kind, str(error)) if isinstance(error, Refused) else ("unexpected", describe(error))
            trace = "".join(traceback.format_exception(error)) if tells_more(error) else ""
            for lease in leases:
                with suppress(LeaseLost):
                    queue.fail(session, lease, kind=kind, reason=reason, trace=trace)

    def _give_up_for_good(self, lease: Lease) -> None:
        """After a job that killed too many workers: its clip is told to be unscored, and its run may end."""
        if lease.stage not in HANDLERS:
            clips.given_up(lease, self.bench)
        self._close_run(lease.run_id)

    def _close_run(self, run_id: int | None) -> None:
        if run_id is not None:
            with self.store.write() as session:
                runs.close_if_done(session, session.get_one(models.Run, run_id))


def batch_of(stage: str) -> int:
    """How many items of a stage are worked on at once."""
    for registry in (SCORERS, CAPTIONERS, REWRITERS, ALIGNERS):
        if stage in registry:
            return registry[stage].batch_size
    return 1


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def tells_more(error: Exception) -> bool:
    """Whether where it went wrong says more than its sentence: nobody foresaw it, or a decoder left last words."""
    return not isinstance(error, Refused) or bool(getattr(error, "__notes__", ()))


def is_disk_full(error: Exception) -> bool:
    """Whether there was no room left, be it a file or the database."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError) and "full" in str(error.orig)


def _tell_where_logs_go(settings: Settings) -> None:
    """Servers that a stage starts write theirs beside ours."""
    os.environ.setdefault("CLAPPER_LOGS", str(settings.data / "logs"))


def main(settings: Settings, *, until_idle: bool = False, parent: int | None = None) -> None:
    """Run a worker in this process until SIGTERM or Ctrl+C; with `parent`, also until the process that started it ends."""
    _tell_where_logs_go(settings)
    worker = Worker(settings)
    worker.watch.parent = parent  # told, not looked up: it may have died while this was starting
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(until_idle=until_idle)

"""Writing a training set: the `export` stage."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from db import exports, leaving, queue
from db.exports import Request
from db.queue import Lease
from pipelines.child import Child
from pipelines.errors import Cancelled, ClapperError
from pipelines.estimate import estimate, makes_files
from pipelines.export import Control, ExportResult, Task, forget
from pipelines.export import export as write_export
from pipelines.records import Sample
from work.bench import Bench

MOST_CHILDREN = 4
"""An encoder has threads of its own; more of them would only share the cores."""


def export(leases: Sequence[Lease], bench: Bench) -> None:
    """Write one export. The folder is complete or as it was; what failed is said on the export's row."""
    (lease,) = leases
    export_id, begun = int(lease.item), time.monotonic()
    try:
        result = _write(lease, export_id, bench)
    except ClapperError as error:
        if bench.gone(lease) or isinstance(error, Cancelled):
            _forget_if_cancelled(export_id, bench)
            raise
        with bench.store.write() as session:
            exports.fail(session, export_id, str(error))
            queue.fail(session, lease, kind="export", reason=str(error))
        return
    seconds = round(time.monotonic() - begun, 1)
    summary = {"counts": result.counts, "reused": result.reused, "bytes": result.size_bytes, "seconds": seconds}
    with bench.store.write() as session:
        lines = [f"{one.clip}: {one.reason}" for one in result.left_out]
        count, written = result.left_out_count, result.written
        exports.finish(session, export_id, written=written, left_out=lines, left_out_count=count, summary=dict(summary))
        queue.finish(session, lease)


def children() -> int:
    """How many clips are cut at once."""
    return max(1, min(MOST_CHILDREN, os.cpu_count() or 1))


def _write(lease: Lease, export_id: int, bench: Bench) -> ExportResult:
    request = _plan(lease, export_id, bench)
    task, books = _task(export_id, request, bench), _Books(export_id, bench)
    parts = {part: exports.stream(bench.store.read, export_id, part) for part in request.selection.parts()}
    control = Control(progress=books.progress, cancelled=lambda: bench.gone(lease), left_out=books.leave_out)
    with ExitStack() as stack:
        calls = [stack.enter_context(Child()).call for _ in range(children())]
        result = write_export(task, parts, calls=calls, control=control)
    books.flush()
    return result


def _plan(lease: Lease, export_id: int, bench: Bench) -> Request:
    """Settle which pairs leave, if that was not done before: whatever people decide meanwhile is for the next export."""
    with bench.store.write() as session:
        row = exports.get(session, export_id)
        request = exports.request_of(row)
        exports.begin(session, export_id)
        if row.planned:
            return request
        exports.clear_rows(session, export_id)
    number = 0
    with bench.store.read() as reading:
        for page in leaving.plan(reading, request.selection):
            if bench.gone(lease):
                raise Cancelled("the export was stopped before anything was written")
            with bench.store.write() as session:
                number = exports.add_rows(session, export_id, page, start=number)
    with bench.store.write() as session:
        exports.settle(session, export_id, total=number)
    return request


def _task(export_id: int, request: Request, bench: Bench) -> Task:
    with bench.store.read() as session:
        files = makes_files(request.exporter, request.clips)
        size = estimate(leaving.extents(session, request.selection), request.clips, files=files, children=1).size_bytes
        about = {"selection": request.selection.model_dump(mode="json"), **exports.origin(session, export_id)}
        against = exports.folder(exports.get(session, request.against)) if request.against else None
    return Task(request.exporter, Path(request.dest), request.clips, against, about, size)


def _forget_if_cancelled(export_id: int, bench: Bench) -> None:
    """A worker that was stopped goes on later with what is cut; what a person stopped is not wanted any more."""
    with bench.store.read() as session:
        row = exports.get(session, export_id)
        if exports.is_cancelled(session, export_id):
            forget(exports.folder(row))


@dataclass
class _Books:
    """Progress, and what was left out, on their way to the database: twice a second, not for each clip."""

    export_id: int
    bench: Bench
    _left: list[tuple[str, int]] = field(default_factory=list)

    def leave_out(self, sample: Sample) -> None:
        self._left.append((sample.clip.key, sample.take))
        if len(self._left) >= exports.PAGE:
            self.flush()

    def progress(self, done: int) -> None:
        with self.bench.store.write() as session:
            exports.set_progress(session, self.export_id, done)
        self.flush()

    def flush(self) -> None:
        if self._left:
            with self.bench.store.write() as session:
                exports.leave_out(session, self.export_id, self._left)
            self._left.clear()

"""Writing a training set: the `export` stage."""

from __future__ import annotations

from collections.abc import Sequence

from db import exports, queue
from db.queue import Lease
from pipelines.errors import ClapperError
from pipelines.export import Control, ExportResult
from pipelines.export import export as write_export
from pipelines.kinds import EXPORTERS
from work.bench import Bench


def export(leases: Sequence[Lease], bench: Bench) -> None:
    """Write one export. The folder is complete or as it was; what failed is said on the export's row."""
    (lease,) = leases
    export_id = int(lease.item)
    try:
        result = _write(lease, export_id, bench)
    except ClapperError as error:
        if bench.gone(lease):
            raise
        with bench.store.write() as session:
            exports.fail(session, export_id, str(error))
            queue.fail(session, lease, kind="export", reason=str(error))
        return
    with bench.store.write() as session:
        left_out = [f"{one.clip}: {one.reason}" for one in result.left_out]
        exports.finish(session, export_id, written=result.written, left_out=left_out)
        queue.finish(session, lease)


def _write(lease: Lease, export_id: int, bench: Bench) -> ExportResult:
    with bench.store.write() as session:
        row = exports.get(session, export_id)
        samples = list(exports.samples(session, row.which))
        exports.begin(session, export_id, total=len(samples))
        exporter, folder = EXPORTERS[row.format](**row.options), exports.folder(row)

    def progress(done: int) -> None:
        with bench.store.write() as session:
            exports.set_progress(session, export_id, done)

    control = Control(progress=progress, cancelled=lambda: bench.gone(lease))
    return write_export(exporter, samples, folder, call=bench.child.call, control=control)

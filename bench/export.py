"""What an export of very many rows costs: `python -m bench.export [--clips 1000000] [--format jsonl] [--data FOLDER]`.

The library is made (see `bench.library`), the export is the real one: `app.py export` with a worker of its own. Memory is
read from the kernel while it runs, of the process that writes: what it holds itself (anonymous), and with the pages of the
database that it happens to have mapped (resident). Each line is the peak within a tenth of the rows. Linux only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.library import fill
from db import clips
from db.models import Export
from db.session import Store, open_store

LOOK_S = 0.25
TENTHS = 10


def descendants(pid: int) -> Iterator[int]:
    """The process and all that came from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from descendants(int(child))


def memory_mib(pid: int) -> tuple[float, float]:
    """(anonymous, resident) of the largest process from here on."""
    found = [(0.0, 0.0)]
    for one in descendants(pid):
        try:
            told = Path(f"/proc/{one}/status").read_text()
        except OSError:  # it has just ended
            continue
        fields = dict(line.split(":", 1) for line in told.splitlines())
        if "VmRSS" in fields:  # a process that has just ended has none
            found.append((_mib(fields["RssAnon"]), _mib(fields["VmRSS"])))
    return max(found)


def _mib(field: str) -> float:
    return int(field.split()[0]) / 1024


def dealt_with(store: Store) -> tuple[int, int]:
    """Rows written so far, and rows in all; (0, 0) while the export is being planned."""
    with store.read() as session:
        row = session.query(Export).order_by(Export.id.desc()).first()
        return (row.written, row.total) if row and row.planned else (0, 0)


def watch(store: Store, process: subprocess.Popen[bytes]) -> dict[str, tuple[float, float]]:
    """Peaks by phase: while planning, then by tenth of the rows."""
    peaks: dict[str, tuple[float, float]] = {}
    while process.poll() is None:
        done, total = dealt_with(store)
        phase = f"rows {min(done * TENTHS // total, TENTHS - 1) + 1}/{TENTHS}" if total else "planning"
        now, before = memory_mib(process.pid), peaks.get(phase, (0.0, 0.0))
        peaks[phase] = (max(now[0], before[0]), max(now[1], before[1]))
        time.sleep(LOOK_S)
    return peaks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=1_000_000)
    parser.add_argument("--format", default="jsonl")
    parser.add_argument("--data", type=Path, help="keep the library in this folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = given.data or Path(scratch) / "data"
        store = open_store(data / "clapper.db")
        with store.read() as session:
            known = clips.count(session)
        if not known:
            fill(store, given.clips)
        began = time.perf_counter()
        app = Path(__file__).parent.parent / "app.py"
        wanted = ["--format", given.format, "--which", "everything", "--data", str(data)]
        with subprocess.Popen([sys.executable, str(app), "export", str(Path(scratch) / "set"), *wanted]) as process:
            peaks = watch(store, process)
        for phase, (held, resident) in peaks.items():
            print(f"{phase:<12}{held:>8.0f} MiB held {resident:>8.0f} MiB resident")
        print(f"{time.perf_counter() - began:.0f} s")
        store.close()


if __name__ == "__main__":
    main()

"""What a scan costs, in plain decodes of the same file: `python bench/scan.py VIDEO... [--runs 5] [--json]`.

Each decode and each scan runs in a process of its own; the two alternate, so that a busy machine slows both. CPU seconds are
those of all threads of the process, counted from just before the file is opened: the interpreter's start and the imports are
left out of both and told apart as `startup_cpu_s`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""As in a decoding child."""


@dataclass(frozen=True, slots=True)
class Once:
    """One process that decoded or scanned one file."""

    frames: int
    cpu_s: float
    startup_cpu_s: float
    peak_rss_mib: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over all pairs of runs."""

    video: str
    frames: int
    decode_cpu_s: float
    scan_cpu_s: float
    ratio: float
    """Of scan to decode, the median of the pairs' ratios."""
    frames_per_cpu_s: float
    """What one whole core scans in a second."""
    peak_rss_mib: float
    startup_cpu_s: float
    runs: int


def decode(path: str) -> int:
    """Decode every frame with one thread and do nothing with it."""
    import av

    with av.open(path) as container:
        stream = container.streams.best("video")
        stream.codec_context.thread_count = 1
        return sum(1 for _ in container.decode(stream))


def scan(path: str) -> int:
    """The whole scan as a worker has it done, with the settings of a recipe that sets nothing."""
    from pipelines.scan.params import Scan
    from pipelines.scan.run import scan

    with tempfile.TemporaryDirectory() as out:
        argument = {"path": path, "sha256": "0" * 64, "scan": Scan.model_validate({}).model_dump(mode="json"), "out": out}
        return int(next(message for message in scan(argument) if "end" in message)["end"]["frames"])


def load(work: str) -> None:
    """What a child imports once for many files; a detector brings its package when it is made."""
    if work == "decode":
        importlib.import_module("av")
        return
    importlib.import_module("pipelines.scan.run")
    from pipelines.scan.detectors import DETECTORS
    from pipelines.scan.params import Scan

    DETECTORS[Scan.model_validate({}).detector](25.0)


WORK = {"decode": decode, "scan": scan}


def measure_here(work: str, path: str) -> dict[str, Any]:
    """Inside the measured process: frames, and CPU seconds before and during the work."""
    load(work)
    began = time.process_time()
    frames = WORK[work](path)
    return {"frames": frames, "startup_cpu_s": began, "cpu_s": time.process_time() - began, "peak_rss_mib": peak_rss_mib()}


def peak_rss_mib() -> float:
    """Of this program alone: what `getrusage` tells may be the peak of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def measure(work: str, path: Path) -> Once:
    """Do the work in a new process, which says what it took."""
    command = [sys.executable, "-m", "bench.scan", "--here", work, str(path)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_CORE, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{work} of {path} ended with code {done.returncode}")
    return Once(**json.loads(done.stdout))


def cost(video: Path, *, runs: int) -> Cost:
    """Decode and scan in turns."""
    pairs = [(measure("decode", video), measure("scan", video)) for _ in range(runs)]
    scans = [scan for _, scan in pairs]
    scan_cpu_s = median(one.cpu_s for one in scans)
    return Cost(
        video=video.name,
        frames=scans[0].frames,
        decode_cpu_s=round(median(decode.cpu_s for decode, _ in pairs), 3),
        scan_cpu_s=round(scan_cpu_s, 3),
        ratio=round(median(scan.cpu_s / decode.cpu_s for decode, scan in pairs), 2),
        frames_per_cpu_s=round(scans[0].frames / scan_cpu_s),
        peak_rss_mib=round(median(one.peak_rss_mib for one in scans)),
        startup_cpu_s=round(median(one.startup_cpu_s for one in scans), 2),
        runs=runs,
    )


def line(one: Cost) -> str:
    return (
        f"{one.video[:44]:44} {one.frames:6} {one.decode_cpu_s:9.3f} {one.scan_cpu_s:9.3f} {one.ratio:6.2f} "
        f"{one.frames_per_cpu_s:8} {one.peak_rss_mib:6}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a scan costs, in plain decodes of the same file.")
    parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO")
    parser.add_argument("--runs", type=int, default=5, help="pairs of runs a file")
    parser.add_argument("--json", action="store_true", help="one JSON object a file")
    parser.add_argument("--here", nargs=2, metavar=("WORK", "PATH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure_here(*given.here)))
        return
    if not given.videos:
        parser.error("name at least one video")
    if not given.json:
        print(f"{'video':44} {'frames':>6} {'decode s':>9} {'scan s':>9} {'ratio':>6} {'frames/s':>8} {'MiB':>6}")
    for video in given.videos:
        one = cost(video.resolve(), runs=given.runs)
        print(json.dumps(asdict(one)) if given.json else line(one), flush=True)


if __name__ == "__main__":
    main()

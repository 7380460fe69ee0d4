"""How long grouping a library of near-duplicates takes: `python -m bench.duplicates [CLIPS ...] [--json]`.

The fingerprints are made, not measured: random looks and changes, clips of one video look alike, as one camera's do, and
every twentieth clip is a copy from another video whose bits are disturbed as strong cropping disturbs them. Each size has a
new database; what is timed is reading all fingerprints, grouping, and writing groups and scores.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import duplicates
from db.models import Clip, Fingerprint, Video
from db.session import open_store
from pipelines import prints

EVERY, A_VIDEO = 20, 10
DISTURBED = 0.09
"""Share of bits that fall otherwise in a copy: 5.8 of 64, as after cropping 4 % on each side."""
Bits = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Cost:
    """One library."""

    clips: int
    seconds: float
    cpu_s: float
    planted: int
    recall: float
    """Share of the planted pairs that ended in one group."""
    false_pairs: int
    """Pairs in one group that were not planted."""


def made(clips: int, rng: np.random.Generator) -> prints.Prints:
    """Fingerprints; the last twentieth are copies of the first, in order."""
    camera = rng.integers(1, 2**63, (clips // A_VIDEO + 1, prints.TILES), np.uint64)
    found = np.zeros((clips, prints.TILES, 3), np.uint64)
    found[:, :, prints.LOOK] = camera[np.arange(clips) // A_VIDEO] ^ some_bits(rng, clips, share=0.12)
    found[:, :, prints.CHANGE] = rng.integers(1, 2**63, (clips, prints.TILES), np.uint64)
    found[:, :, prints.WEAK] = weak_bits(rng, clips)
    copies = clips // EVERY
    noise = np.stack([some_bits(rng, copies, share=DISTURBED), some_bits(rng, copies, share=DISTURBED)], axis=2)
    found[clips - copies :, :, : prints.WEAK] = found[:copies, :, : prints.WEAK] ^ noise
    return found


def some_bits(rng: np.random.Generator, clips: int, *, share: float) -> Bits:
    chosen = rng.random((clips, prints.TILES, 64)) < share
    found: Bits = (chosen * (np.uint64(1) << np.arange(64, dtype=np.uint64))).sum(axis=2, dtype=np.uint64)
    return found


def weak_bits(rng: np.random.Generator, clips: int) -> Bits:
    """As many in each band as real ones have; which, tells nothing here."""
    found = np.zeros((clips, prints.TILES), np.uint64)
    for band in range(prints.BANDS):
        for bit in range(prints.WEAK_BITS):
            within = rng.integers(bit * 7, bit * 7 + 7, (clips, prints.TILES), np.uint64)
            found |= np.uint64(1) << (within + np.uint64(band * prints.BAND_BITS))
    return found


def fill(session: Session, library: prints.Prints) -> None:
    """Ten clips a video, all of one size."""
    clips = len(library)
    info = {"width": 1280, "height": 720}
    videos = [{"sha256": str(n), "size_bytes": 1, "info": info, "created_at": 0.0} for n in range(1, clips // A_VIDEO + 2)]
    session.execute(insert(Video), videos)
    plain: dict[str, Any] = {"start_pts": 0, "end_pts": 9, "start_s": 0.0, "end_s": 9.0, "frames": 9, "sheet": {}}
    rows = [{"id": n + 1, "key": str(n), "video_id": n // A_VIDEO + 1, **plain} for n in range(clips)]
    session.execute(insert(Clip), rows)
    values = [{"clip_id": n + 1, "value": prints.dump(one)} for n, one in enumerate(library)]
    session.execute(insert(Fingerprint), values)


def measure(clips: int) -> Cost:
    library = made(clips, np.random.default_rng(clips))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "clapper.db")
        with store.write() as session:
            fill(session, library)
        began, cpu_began = time.perf_counter(), time.process_time()
        with store.write() as session:
            duplicates.regroup(session)
        spent = (round(time.perf_counter() - began, 2), round(time.process_time() - cpu_began, 2))
        with store.read() as session:
            grouped = session.execute(select(Fingerprint.group_id, Fingerprint.clip_id)).all()
        store.close()
    return judged(clips, spent, {clip_id: group_id for group_id, clip_id in grouped if group_id})


def judged(clips: int, spent: tuple[float, float], group: dict[int, int]) -> Cost:
    planted = clips // EVERY
    met = sum(n in group and group[n] == group.get(clips - planted + n) for n in range(1, planted + 1))
    sizes = np.bincount(list(group.values())) if group else np.zeros(1)
    pairs = int((sizes * (sizes - 1) // 2).sum())
    return Cost(clips, *spent, planted, round(met / planted, 4), pairs - met)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long grouping a library of near-duplicates takes.")
    parser.add_argument("clips", nargs="*", type=int, default=[25_000, 50_000, 100_000, 200_000])
    parser.add_argument("--json", action="store_true", help="one JSON object a library")
    given = parser.parse_args()
    if not given.json:
        print(f"{'clips':>8} {'seconds':>8} {'cpu s':>8} {'planted':>8} {'recall':>7} {'false pairs':>12}")
    for clips in given.clips:
        one = measure(clips)
        line = f"{one.clips:8} {one.seconds:8.2f} {one.cpu_s:8.2f} {one.planted:8} {one.recall:7.4f} {one.false_pairs:12}"
        print(json.dumps(asdict(one)) if given.json else line, flush=True)


if __name__ == "__main__":
    main()

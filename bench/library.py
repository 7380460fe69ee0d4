"""How long a page of the Library takes: `python -m bench.library [--clips 1000000] [--data FOLDER] [--json]`.

The library is made, not measured: clips of videos in runs, scores drawn from plausible distributions, captions of words
that are as unequally frequent as in a language, one in eight of them Chinese or Japanese. With `--data` it is kept there
and used again. What is timed is the first page and ones further on, each in a transaction of its own, as the studio
asks. CPU time is beside it, for a machine that has other things to do.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from db import clips, search
from db.filters import parse_where
from db.models import Base, Caption, Clip, Fact, Score, Tag
from db.session import Store, open_store

PORTION = 5000
A_VIDEO, A_RUN = 40, 120_000
SCORES = ("motion", "sharpness", "brightness", "text", "duration", "camera_speed")
SEEN = {"size_bytes": 1, "mtime_ns": 0, "inode": 0, "seen_at": 0.0}
CAMERAS = ("static", "pan left", "pan right", "tilt up", "zoom in", "shake")
HAN = "一辆红色的汽车在雪地上慢慢行驶天空很蓝孩子们公园里玩耍狗跑过桥人走在街道海边日落"
KANA = "赤いくるまが雪のみちをはしる子どもたちが公園であそぶ海と夕日カメラは止まっている"
INFO = {
    "container": "mov,mp4", "codec": "h264", "stream": 0, "width": 1280, "height": 720, "rotation": 0, "sample_aspect": "1",
    "fps": 25.0, "duration_s": 200.0, "time_base": "1/25", "first_pts": 0, "pixel_format": "yuv420p", "has_audio": True,
    "hdr": False,
}  # fmt: skip

QUERIES: dict[str, tuple[tuple[str, ...], str]] = {
    "everything": ((), "newest"),
    "everything, by motion": ((), "-motion"),
    "everything, longest": ((), "longest"),
    "review=accepted": (("review=accepted",), "newest"),
    "last decided": (("review=accepted",), "decided"),
    "verdict=unscored (rare)": (("verdict=unscored",), "newest"),
    "reason=motion": (("reason=motion",), "newest"),
    "rare reason": (("reason=clip: must not be used",), "newest"),
    "run=1, oldest clips, newest first": (("run=1",), "newest"),
    "video~film 77.mp4": (('video~"film 77.mp4"',), "newest"),
    "motion>0.1 and camera": (("motion>0.1 and camera=pan left",), "newest"),
    "motion>0.1, by sharpness": (("motion>0.1",), "-sharpness"),
    "rare score range": (("motion>1.4",), "-sharpness"),
    "or, not, parentheses": (("verdict=kept and (motion>0.3 or sharpness>0.6) and not camera=static",), "newest"),
    "three common, together rare": (("motion>0.2 and sharpness<0.1 and brightness>0.8",), "newest"),
    "nothing fits two common ones": (("motion>0.2 and motion<0.1",), "newest"),
    "missing=text": (("missing=text",), "newest"),
    "caption=truncated": (("caption=truncated",), "newest"),
    "model=large": (("model=large",), "newest"),
    "reviewer=ana": (("reviewer=ana",), "newest"),
    "tag=night": (("tag=night",), "newest"),
    "text, common word": (("text~w3",), "newest"),
    "text, rare word": (("text~w19000",), "newest"),
    "text, two words": (("text~w30 w70",), "newest"),
    "text, unfinished word": (("text~w1",), "newest"),
    "text, and a score": (("text~w30 and motion>0.2",), "newest"),
    "text, by motion": (("text~w30",), "-motion"),
    "text, Chinese": (("text~汽车",), "newest"),
    "text, Chinese sentence": (("text~红色的汽车",), "newest"),
    "text, Japanese": (("text~公園",), "newest"),
    "text, one character": (("text~狗",), "newest"),
}


def fill(store: Store, number: int) -> None:
    """A library of so many clips."""
    rng = np.random.default_rng(7)
    with store.engine.begin() as connection:
        runs = [{"id": 1 + n, "recipe": "made", "config": {}, "rules": [], "inputs": [], "created_at": 0.0, "state": "done"}
                for n in range(number // A_RUN + 1)]  # fmt: skip
        connection.execute(Base.metadata.tables["runs"].insert(), runs)
        connection.execute(Base.metadata.tables["videos"].insert(), list(_videos(number)))
        connection.execute(Base.metadata.tables["video_paths"].insert(), list(_paths(number)))
    for first in range(1, number + 1, PORTION):
        ids = np.arange(first, min(first + PORTION, number + 1))
        with store.write() as session:
            for table, rows in _rows(ids, rng):
                session.connection().execute(Base.metadata.tables[table.__tablename__].insert(), rows)
            session.connection().exec_driver_sql(
                f"UPDATE clips SET caption_id = (SELECT max(id) FROM captions WHERE clip_id = clips.id) WHERE id >= {first}"
            )
        with store.write():
            pass  # the index takes another portion
    search.ensure_index(store.engine)


def _videos(number: int) -> Iterator[dict[str, Any]]:
    for one in range(1, number // A_VIDEO + 2):
        yield {"id": one, "sha256": f"{one:064x}", "size_bytes": 1000, "info": INFO, "created_at": 0.0}


def _paths(number: int) -> Iterator[dict[str, Any]]:
    for one in range(1, number // A_VIDEO + 2):
        given = f"films/{one % 100}/film {one}.mp4"
        yield {
            "video_id": one,
            "path": given.encode(),
            "given": given,
            "size_bytes": 1,
            "mtime_ns": 0,
            "inode": 0,
            "seen_at": 0.0,
        }


def _rows(ids: np.ndarray[Any, Any], rng: np.random.Generator) -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
    scores = {name: rng.exponential(0.15, len(ids)) for name in SCORES} | {"duration": rng.uniform(3, 10, len(ids))}
    scores |= {name: rng.uniform(0, 1, len(ids)) for name in ("sharpness", "brightness")}
    yield Clip, [_clip(int(one), rng.random(), float(scores["motion"][at])) for at, one in enumerate(ids)]
    rare = rng.random(len(ids))
    yield (
        Score,
        [
            {
                "clip_id": int(one),
                "name": name,
                "value": None if gone else float(values[at]),
                "missing": "unread" if gone else None,
            }
            for name, values in scores.items()
            for at, one in enumerate(ids)
            for gone in [name == "text" and rare[at] < 0.002]
        ],
    )
    camera = rng.integers(0, len(CAMERAS), len(ids))
    yield Fact, [{"clip_id": int(one), "name": "camera", "text": CAMERAS[camera[at]]} for at, one in enumerate(ids)]
    yield Caption, [row for at, one in enumerate(ids) for row in _captions(int(one), float(rare[at]), rng)]
    yield (
        Tag,
        [{"clip_id": int(one), "tag": "night", "by": "ana", "at": 0.0} for at, one in enumerate(ids) if rare[at] < 0.01],
    )


def _clip(one: int, chance: float, motion: float) -> dict[str, Any]:
    verdict = "unscored" if chance < 0.0005 else "dropped" if motion < 0.02 else "kept"
    review = "waiting" if verdict != "kept" or chance < 0.7 else "accepted" if chance < 0.9 else "rejected"
    reason = {"rejected": "clip: must not be used" if chance > 0.9995 else "clip: cut inside"}.get(review)
    decided = None if review == "waiting" else float(one)
    return {
        "id": one, "key": f"{one:032x}", "video_id": 1 + one // A_VIDEO, "run_id": 1 + one // A_RUN, "start_pts": 0,
        "end_pts": 100,
        "start_s": 0.0, "end_s": 4.0, "frames": 100, "sheet": {"times_s": [0.5], "tile": [160, 90]}, "superseded": 0,
        "verdict": verdict, "reasons": ["motion below 0.02"] if verdict == "dropped" else [], "review": review,
        "reject_reason": reason, "reviewed_by": None if decided is None else "ana" if one % 50 == 0 else "bo",
        "reviewed_at": decided, "version": int(decided is not None),
    }  # fmt: skip


def _captions(one: int, chance: float, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for model in ("measured", "large") if chance < 0.3 else ("measured",):
        outcome = "truncated" if chance < 0.002 else "ok"
        yield {
            "clip_id": one,
            "text": _text(one, rng),
            "author": "machine",
            "model": model,
            "outcome": outcome,
            "created_at": 0.0,
        }


def _text(one: int, rng: np.random.Generator) -> str:
    if one % 8 == 0:
        letters = HAN if one % 16 else KANA
        start = int(rng.integers(0, len(letters)))
        return "".join(letters[(start + step) % len(letters)] for step in range(24))
    return " ".join(f"w{word}" for word in np.minimum(rng.zipf(1.3, 24), 20_000))


def timed(store: Store, wheres: tuple[str, ...], sort: str, *, pages: int) -> dict[str, float]:
    """Milliseconds for pages one after the other, in rounds from the start."""
    took: list[float] = []
    cpu: list[float] = []
    shown = 0
    while len(took) < pages:
        after = None
        for _ in range(5):
            began, busy = time.perf_counter(), time.process_time()
            with store.read() as session:
                wanted = parse_where(wheres, scores=clips.score_names(session), facts=clips.fact_names(session))
                page = clips.page(session, wanted, sort=sort, after=after)
            took.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - busy))
            shown, after = max(shown, len(page.clips)), page.after
            if after is None:
                break
    cuts = statistics.quantiles(took, n=20)
    times = {"p50_ms": cuts[9], "p95_ms": cuts[18], "max_ms": max(took), "cpu_p95_ms": statistics.quantiles(cpu, n=20)[18]}
    return {**{name: round(ms, 1) for name, ms in times.items()}, "clips": shown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=40, help="timed pages a query")
    parser.add_argument("--data", type=Path, help="keep the library in this folder")
    parser.add_argument("--only", default="", help="queries whose name holds this")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store((given.data or Path(scratch)) / "clapper.db")
        with store.read() as session:
            known = clips.count(session)
        if not known:
            began = time.perf_counter()
            fill(store, given.clips)
            print(f"made {given.clips:,} clips in {time.perf_counter() - began:.0f} s", flush=True)
        found = {}
        print(f"{'':<36}{'p50':>8}{'p95':>8}{'max':>8}{'p95 CPU':>9}  ms   clips on a page", flush=True)
        for name, query in QUERIES.items():
            if given.only in name:
                found[name] = row = timed(store, *query, pages=given.pages)
                times = f"{row['p50_ms']:>8}{row['p95_ms']:>8}{row['max_ms']:>8}{row['cpu_p95_ms']:>9}"
                print(f"{name:<36}{times}{row['clips']:>10}", flush=True)
        store.close()
    if given.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()

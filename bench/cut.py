"""What copying a clip costs beside encoding it: `python bench/cut.py VIDEO... [--seconds 4] [--runs 5] [--json]`.

The clip begins with the video's first frame and is the longest one within that time that can be copied. The two ways take
turns in one process, so that a busy machine slows both; CPU seconds are those of all its threads, x264's included.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.errors import Refused
from pipelines.media.copy import copy_item
from pipelines.media.cut import cut_clips
from pipelines.media.item import Item
from pipelines.media.opening import frames, open_video


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over all runs."""

    video: str
    frames: int
    seconds: float
    copy_cpu_s: float
    encode_cpu_s: float
    times: float
    """Encoding over copying."""
    copy_kib: int
    encode_kib: int


def longest(path: str, seconds: float, dest: Path) -> Item:
    """Raises `Refused` with the reason when nothing that begins with the first frame can be copied."""
    with open_video(path) as opened:
        info = opened.info
        shown = [frame.pts for frame in frames(opened) if info.seconds(frame.pts) <= seconds]
        problem = Refused("too_short", "it has only one frame")
        for count in range(len(shown) - 1, 0, -1):
            try:
                item = Item(shown[0], shown[count], str(dest), count)
                copy_item(opened, item, None)
                return item
            except Refused as error:
                problem = error
        raise problem


def measure(path: str, seconds: float, runs: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        dest = Path(folder) / "clip.mp4"
        item = longest(path, seconds, dest)
        once = [[cut(path, item, copy=copy) for copy in (True, False)] for _ in range(runs)]
        with open_video(path) as opened:
            length_s = opened.info.seconds(item.end_pts)
    copied, encoded = (median(pair[way][0] for pair in once) for way in (0, 1))
    sizes = [once[0][way][1] >> 10 for way in (0, 1)]
    return Cost(Path(path).name, item.frames or 0, length_s, copied, encoded, encoded / copied, *sizes)


def cut(path: str, item: Item, *, copy: bool) -> tuple[float, int]:
    """CPU seconds, from opening the video to the file's last byte on the disk, and the bytes of the file."""
    began = time.process_time()
    (answer,) = cut_clips({"path": path, "items": [asdict(item)], "options": {"copy": copy}})
    assert answer.get("copied", False) == copy
    return time.process_time() - began, answer["bytes"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+")
    parser.add_argument("--seconds", type=float, default=4.0, help="longest clip")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked: Any = parser.parse_args()
    if not asked.json:
        print(f"{'video':42} frames   copy s  encode s  times  copy KiB  encode KiB")
    for path in asked.videos:
        try:
            cost = measure(path, asked.seconds, asked.runs)
        except Refused as error:
            print(f"{Path(path).name}: {error}", file=sys.stderr)
            continue
        print(json.dumps(asdict(cost)) if asked.json else row(cost))


def row(cost: Cost) -> str:
    figures = f"{cost.copy_cpu_s:8.3f} {cost.encode_cpu_s:9.3f} {cost.times:6.1f} {cost.copy_kib:9} {cost.encode_kib:11}"
    return f"{cost.video:42} {cost.frames:6} {figures}"


if __name__ == "__main__":
    main()

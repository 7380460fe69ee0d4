"""What a scan keeps in memory, by the length of the video: `python -m bench.memory VIDEO... [--minutes 20] [--json]`.

The packets of a video are written again and again until a file of the wanted length is there, which encodes nothing. An
eighth of that length and the whole are scanned, each in a process of its own; what the second takes more grows with length.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av

from bench.scan import measure


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak resident memory of the process that scans a video of some length."""

    video: str
    minutes: float
    frames: int
    peak_rss_mib: float
    cpu_s: float


def lengthen(video: Path, out: Path, *, minutes: float) -> None:
    """Write a video's packets one behind the other until `minutes` are full; nothing is encoded."""
    with av.open(str(video)) as source, av.open(str(out), "w") as target:
        stream = source.streams.best("video")
        assert stream is not None
        copy = target.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.dts is not None]
        length = sum(packet.duration or 0 for packet in packets)
        rounds = max(1, round(minutes * 60 / float(length * packets[0].time_base)))
        for packet in _again(packets, rounds, length):
            packet.stream = copy
            target.mux(packet)


def _again(packets: list[Any], rounds: int, length: int) -> Iterator[Any]:
    """The packets `rounds` times, each round later by `length` ticks."""
    for at in range(rounds):
        for packet in packets:
            late = av.Packet(bytes(packet))
            late.time_base, late.is_keyframe, late.duration = packet.time_base, packet.is_keyframe, packet.duration
            late.pts, late.dts = packet.pts + at * length, packet.dts + at * length
            yield late


def memory(video: Path, *, minutes: float) -> Memory:
    """Lengthen a video and scan what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / f"long{video.suffix}"
        lengthen(video, long, minutes=minutes)
        once = measure("scan", long)
    return Memory(video.name, minutes, once.frames, round(once.peak_rss_mib), round(once.cpu_s, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description="What a scan keeps in memory, by the length of the video.")
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO")
    parser.add_argument("--minutes", type=float, default=20, help="how long the longer one is")
    parser.add_argument("--json", action="store_true", help="one JSON object a scan")
    given = parser.parse_args()
    if not given.json:
        print(f"{'video':44} {'minutes':>8} {'frames':>8} {'MiB':>6} {'CPU s':>8}")
    for video in given.videos:
        for minutes in (given.minutes / 8, given.minutes):
            one = memory(video.resolve(), minutes=minutes)
            print(
                json.dumps(asdict(one))
                if given.json
                else f"{one.video[:44]:44} {one.minutes:8g} {one.frames:8} {one.peak_rss_mib:6} {one.cpu_s:8}",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Stretches of real videos as clips, and what came out when they were written: frames as arrays to compare."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipelines.manifest import sha256_of
from pipelines.media.opening import frames, open_video
from pipelines.records import Clip, Video

QUARTER_TURNS = {0: 0, 90: -1, 180: 2, 270: 1}
"""For `np.rot90`, which turns the other way round."""


def clip_of(path: Path, start_s: float, end_s: float) -> Clip:
    """The clip from the first frame at or after `start_s` to before the first at or after `end_s`."""
    inside: list[int] = []
    with open_video(str(path)) as opened:
        info = opened.info
        for pts in (frame.pts for frame in frames(opened) if info.seconds(frame.pts) >= start_s):
            if info.seconds(pts) >= end_s:
                end = pts
                break
            inside.append(pts)
        else:  # up to the end of the file
            end = inside[-1] + (inside[-1] - inside[0]) // max(1, len(inside) - 1)
    video = Video(sha256_of(path), str(path), path.stat().st_size, info)
    return Clip(video, inside[0], end, len(inside))


def source_pictures(clip: Clip, margin: int = 2) -> dict[int, np.ndarray]:
    """Upright RGB by time in ticks: the clip's frames, with up to `margin` frames on either side."""
    found: dict[int, np.ndarray] = {}
    before: list[tuple[int, np.ndarray]] = []
    with open_video(clip.video.path) as opened:
        behind = 0
        for frame in frames(opened):
            if frame.pts >= clip.end_pts:
                behind += 1
            if behind > margin:
                break
            if frame.pts < clip.start_pts:
                before = [*before, (frame.pts, frame)][-margin:] if margin else []
            else:
                found |= {pts: _upright(early, clip) for pts, early in before} | {frame.pts: _upright(frame, clip)}
                before = []
    return found


def written_pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    """Seconds and RGB of every frame of a file that we wrote, as any player decodes it."""
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2))
    return 10 * np.log10(255**2 / max(error, 1e-6))


def boxes(path: Path) -> list[str]:
    """Names of the top-level boxes of an MP4, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode("ascii"))
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def call_here(function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool]) -> Iterator[Any]:
    """Like `Child.call`, in this process."""
    module, _, name = function.partition(":")
    yield from getattr(importlib.import_module(module), name)(argument)


def _upright(frame: Any, clip: Clip) -> np.ndarray:
    return np.rot90(frame.to_ndarray(format="rgb24"), QUARTER_TURNS[clip.video.info.rotation])

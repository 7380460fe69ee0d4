"""Frames of a clip for a model, read from the source by decoding children that stand ready.

Children belong to threads of their own, so that any number of threads may ask, and reading runs ahead of the model.
"""

from __future__ import annotations

import math
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.chat import Film
from pipelines.child import Child
from pipelines.records import Clip

READ_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Look:
    """Which frames, and how large."""

    formula: str
    """One of `pipelines.sampling.CHOICES`."""
    count: int
    pixels: int
    """Most pixels of one frame."""
    seconds: float = 2.0
    """Between two frames, for `every`."""
    multiple: int = 32
    """Of which the sides are multiples: models cut pictures into squares, and what does not fit is resampled once more."""


def fitted(size: tuple[int, int], *, pixels: int, multiple: int) -> tuple[int, int]:
    """Width and height of at most `pixels`, each the nearest multiple; never more than one step larger than the picture."""
    scale = min(1.0, math.sqrt(pixels / (size[0] * size[1])))
    width, height = (max(multiple, round(side * scale / multiple) * multiple) for side in size)
    while width * height > pixels and max(width, height) > multiple:
        width, height = (width - multiple, height) if width >= height else (width, height - multiple)
    return width, height


class Eyes:
    """Reads frames. One for a stage; close it when the stage ends."""

    def __init__(self, *, readers: int | None = None) -> None:
        self._local = threading.local()
        self._children: list[Child] = []
        self._folder = tempfile.TemporaryDirectory(prefix="clapper-frames-")
        self._pool = ThreadPoolExecutor(readers or os.cpu_count() or 1, thread_name_prefix="eyes")

    def look(self, clip: Clip, look: Look) -> Film:
        """The frames of a clip. Raises `Refused` when the source cannot be read."""
        return self._pool.submit(self._read, clip, look).result()

    def close(self) -> None:
        """End the children with what they are doing."""
        for child in self._children:
            child.close()
        self._pool.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def _read(self, clip: Clip, look: Look) -> Film:
        import numpy as np

        handle, name = tempfile.mkstemp(suffix=".npy", dir=self._folder.name)
        os.close(handle)
        try:
            told = self._child().run("pipelines.media.frames:read", _argument(clip, look, name), seconds=READ_SECONDS)
            frames = np.load(name, allow_pickle=False)
        finally:
            Path(name).unlink(missing_ok=True)
        return Film(frames, tuple(told["times_s"]), tuple(told["indices"]), clip.frames, clip.video.info.fps)

    def _child(self) -> Child:
        if not hasattr(self._local, "child"):
            self._local.child = Child()
            self._children.append(self._local.child)
        child: Child = self._local.child
        return child


def _argument(clip: Clip, look: Look, dest: str) -> dict[str, Any]:
    return {
        "path": clip.video.path, "start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames,
        "formula": look.formula, "count": look.count, "seconds": look.seconds, "pixels": look.pixels,
        "multiple": look.multiple, "dest": dest,
    }  # fmt: skip

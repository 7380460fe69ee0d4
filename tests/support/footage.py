"""Small videos made on the spot, and runs over them in this process."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from db import progress, runs
from db.session import open_store
from pipelines.recipe import load
from settings import Settings
from worker import Worker


def make_video(path: Path, *, seconds: float = 3.5, fps: int = 20, seed: int = 0, size: tuple[int, int] = (160, 90)) -> Path:
    """A noisy picture that drifts to the right: kept by `quickstart`, and different for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    scene = np.random.default_rng(seed).integers(40, 216, (height // 6 + 2, width // 2, 3), np.uint8)
    scene = scene.repeat(6, axis=0).repeat(6, axis=1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for n in range(round(seconds * fps)):
            at = n * 2 % (scene.shape[1] - width)
            picture = np.ascontiguousarray(scene[:height, at : at + width])
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def run_here(settings: Settings, inputs: Sequence[Path | str], sets: Sequence[str] = ()) -> progress.Progress:
    """Queue a run and work on it in this process until it ends."""
    store = open_store(settings.database)
    with store.write() as session:
        run_id = runs.create(session, load("quickstart", sets), inputs=[str(one) for one in inputs], by="tester").id
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        now = progress.of(session, runs.get(session, run_id))
    store.close()
    return now

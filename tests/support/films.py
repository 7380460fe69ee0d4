"""Films for models: noise that no two share, with times as the reader of frames gives them."""

from __future__ import annotations

import numpy as np

from pipelines.chat import Film


def film(count: int, *, size: tuple[int, int] = (96, 64), fps: float = 25.0, total: int = 100, seed: int = 0) -> Film:
    """`count` frames (width × height), evenly spread over a clip of `total` frames, both ends included."""
    indices = np.linspace(0, total - 1, count).round().astype(int).tolist()
    shape = (count, size[1], size[0], 3)
    frames = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return Film(frames, tuple(index / fps for index in indices), tuple(indices), total, fps)

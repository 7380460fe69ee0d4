"""Key frames by what they show: a frame is kept when it differs enough from the last one kept (ShareCaptioner-Video).

How alike two frames are is told by a network, or without one by their looks: 16 × 16 tiles of luma and colour, centred and
brought to length one. The published limit of 0.93 is for CLIP; for looks 0.9 keeps about as many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.chat import Film

if TYPE_CHECKING:
    from numpy.typing import NDArray

Vectors = Any
Describe = Callable[[Any], Vectors]
"""Frames (count × height × width × 3) → a vector of length one for each."""
TILES = 16
FLAT = 4.0
"""Standard deviation of luma below which a leading frame is a plain colour, of no use as the first one."""


def choose(film: Film, describe: Describe, limit: float) -> list[int]:
    """Which frames of a film to keep: the first that is no plain colour, then each less than `limit` alike to the last kept.

    At least two where there are two: a single key frame gets the last one beside it.
    """
    first = _first(film.frames)
    vectors = describe(film.frames)
    kept = [first]
    for index in range(first + 1, len(vectors)):
        if float(vectors[kept[-1]] @ vectors[index]) < limit:
            kept.append(index)
    last = len(vectors) - 1
    return kept if len(kept) > 1 or last == first else [first, last]


def picked(film: Film, indices: Sequence[int]) -> Film:
    """The film with these of its frames alone."""
    chosen = list(indices)
    return Film(
        film.frames[chosen],
        tuple(film.times_s[i] for i in chosen),
        tuple(film.indices[i] for i in chosen),
        film.total,
        film.fps,
    )


def looks(frames: NDArray[Any]) -> Vectors:
    """A vector of length one for each frame, from its looks alone."""
    import numpy as np

    count, height, width, _ = frames.shape
    rows, columns = (np.linspace(0, side, TILES + 1).astype(int)[:-1] for side in (height, width))
    sums = np.add.reduceat(np.add.reduceat(frames.astype(np.float32), rows, axis=1), columns, axis=2)
    areas = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))[None, :, :, None]
    vectors = (sums / areas - 128).reshape(count, -1)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def _first(frames: NDArray[Any]) -> int:
    return next((index for index, frame in enumerate(frames) if frame.mean(axis=2).std() >= FLAT), 0)

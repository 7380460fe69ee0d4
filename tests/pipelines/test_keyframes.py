"""Key frames are kept by what they show; the grid labels them in order."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from pipelines.chat import Film
from pipelines.grid import grid
from pipelines.keyframes import choose, looks, picked


def film(frames: list[np.ndarray]) -> Film:
    count = len(frames)
    return Film(
        np.stack(frames), tuple(2.0 * n for n in range(count)), tuple(60 * n for n in range(count)), 60 * count, 30.0
    )


def scene(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_NEAREST)


A, B, C = scene(1), scene(2), scene(3)
PLAIN = np.full((96, 128, 3), 30, np.uint8)


def noisy(picture: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 6, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("frames", "kept"),
    [
        ([A, noisy(A, 1), noisy(A, 2), B, noisy(B, 3), C], [0, 3, 5]),
        ([A, noisy(A, 1), noisy(A, 2)], [0, 2]),
        ([PLAIN, PLAIN, A, B], [2, 3]),
        ([PLAIN, PLAIN], [0, 1]),
        ([A], [0]),
        ([A, B, A], [0, 1, 2]),
    ],
    ids=["three scenes", "one scene gets its end", "plain at first", "nothing but plain", "one frame", "back again"],
)
def test_which_are_kept(frames: list[np.ndarray], kept: list[int]) -> None:
    assert choose(film(frames), looks, 0.93) == kept


def test_each_is_compared_with_the_last_one_kept() -> None:
    """A slow drift, in which no neighbours differ, still gives key frames."""
    steps = [cv2.addWeighted(A, 1 - share, B, share, 0) for share in np.linspace(0, 1, 12)]
    vectors = looks(np.stack(steps))
    assert all(float(one @ other) > 0.93 for one, other in pairwise(vectors))
    assert len(choose(film(steps), looks, 0.93)) >= 3


def test_the_rest_of_a_film_goes_along() -> None:
    found = picked(film([A, B, C]), [0, 2])
    assert (found.times_s, found.indices, found.total) == ((0.0, 4.0), (0, 120), 180)
    assert np.array_equal(found.frames[1], C)


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 1), (4, 2), (6, 2), (12, 3)])
def test_a_grid_holds_every_frame_in_order(count: int, columns: int) -> None:
    frames = [np.full((72, 128, 3), 15 * (n + 1), np.uint8) for n in range(count)]
    pixels = grid(film(frames), columns=columns).pixels
    rows = -(-count // columns)
    height, width = pixels.shape[:2]
    for n in range(count):
        y, x = (n // columns + 0.6) * height / rows, (n % columns + 0.5) * width / columns
        assert abs(int(pixels[int(y), int(x), 0]) - 15 * (n + 1)) <= 1
    label = pixels[: height // rows // 8, : width // columns]
    assert label.max() > 200, "the number is written above the frame"

"""Chosen frames come whole, upright, at their own times, within the budget of pixels."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.errors import Refused
from pipelines.looking import Eyes, Look, fitted
from pipelines.media.frames import read
from pipelines.records import Clip
from tests.support.moves import film
from tests.support.scans import scan_file


def shades(count: int) -> list[np.ndarray]:
    return [np.full((96, 160, 3), 10 + 4 * index, np.uint8) for index in range(count)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Forty frames, each a little lighter than the one before, at uneven times."""
    folder = tmp_path_factory.mktemp("frames")
    pts = [0, *(3 * index + index % 2 for index in range(1, 40))]
    path = film(folder / "a.mp4", shades(40), pts=pts, base=Fraction(1, 30))
    scanned = scan_file(path, folder / "clips", detector="fixed", min_s=1, max_s=30, trim_frames=0, transitions=False)
    (found,) = scanned.clips
    assert found.clip.frames == 40
    return found.clip


@pytest.fixture(scope="module")
def eyes() -> Any:
    found = Eyes(readers=1)
    yield found
    found.close()


def levels(frames: Any) -> list[int]:
    """Which frame each is, by how light it is; writing the film made them darker by about three."""
    return [round((float(frame.mean()) - 7) / 4) for frame in frames]


@pytest.mark.parametrize(
    ("formula", "count", "indices"),
    [
        ("uniform", 4, [0, 10, 20, 30]),
        ("middle", 1, [20]),
        ("fractions", 3, [8, 20, 32]),
        ("spread", 6, [0, 8, 16, 23, 31, 39]),
    ],
)
def test_the_frames_of_a_formula(eyes: Eyes, clip: Clip, formula: str, count: int, indices: list[int]) -> None:
    found = eyes.look(clip, Look(formula, count, 96 * 160))
    assert list(found.indices) == indices == levels(found.frames)
    assert (found.total, found.frames.shape[1:]) == (40, (96, 160, 3))


def test_a_frame_a_second_goes_by_true_times(eyes: Eyes, clip: Clip) -> None:
    found = eyes.look(clip, Look("per_second", 24, 96 * 160))
    assert all(abs(time_s - second) <= 0.07 for second, time_s in enumerate(found.times_s[:-1]))
    assert levels(found.frames) == list(found.indices)


def test_the_first_keyframe_is_the_first_frame(eyes: Eyes, clip: Clip) -> None:
    assert eyes.look(clip, Look("iframes", 8, 96 * 160)).indices[0] == 0


def test_an_index_that_comes_twice_gives_a_frame_twice(eyes: Eyes, clip: Clip) -> None:
    assert len(eyes.look(clip, Look("base", 60, 96 * 160)).frames) == 60


@pytest.mark.parametrize(
    ("size", "pixels", "multiple", "expected"),
    [
        ((1920, 1080), 512 * 512, 32, (672, 384)),
        ((1080, 1920), 512 * 512, 32, (384, 672)),
        ((160, 96), 512 * 512, 32, (160, 96)),
        ((100, 100), 512 * 512, 32, (96, 96)),
        ((20, 3000), 512 * 512, 32, (32, 3008)),
        ((10, 10), 64, 32, (32, 32)),
    ],
)
def test_sizes(size: tuple[int, int], pixels: int, multiple: int, expected: tuple[int, int]) -> None:
    assert fitted(size, pixels=pixels, multiple=multiple) == expected


def test_a_rotated_phone_video_comes_upright(eyes: Eyes, videos: Path, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", shades(10))
    assert list(read({**_argument(path), "formula": "middle", "count": 1}))
    assert np.load(tmp_path / "out.npy").shape == (1, 96, 160, 3)


def test_a_file_that_changed_is_told(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", shades(5))
    with pytest.raises(Refused, match="no frame of this clip"):
        list(read({**_argument(path), "start_pts": 10**6, "end_pts": 10**6 + 1, "formula": "spread", "count": 2}))


def _argument(path: Path) -> dict[str, Any]:
    return {
        "path": str(path), "start_pts": 0, "end_pts": 10**9, "frames": 5, "seconds": 1, "pixels": 96 * 160, "multiple": 32,
        "dest": str(path.with_name("out.npy")),
    }  # fmt: skip

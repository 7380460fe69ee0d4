"""A flash is light, or dark, that is gone within a few frames. Everything slower is something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from pipelines.scan.flashes import count
from tests.support.moves import film, still, view
from tests.support.scans import Scanned, scan_file

FPS = 25


def at(*values: float) -> int:
    """Flashes in this brightness, frame by frame."""
    return count([index / FPS for index in range(len(values))], list(values))


def line(seconds: float, level: float = 0.4) -> list[float]:
    return [level] * round(seconds * FPS)


@pytest.mark.parametrize(
    ("flash", "found"),
    [
        ([0.9], 1),
        ([0.9, 0.9, 0.9], 1),
        ([0.6, 0.9, 0.7], 1),
        ([0.9, 0.85, 0.9], 1),
        ([0.1], 1),
        ([0.1, 0.1], 1),
        ([0.48], 0),
        ([0.9] * 12, 0),
        ([], 0),
    ],
    ids=["one frame", "three", "with flanks", "flickering", "dark", "dark for two", "hardly brighter", "stays", "nothing"],
)
def test_one_flash(flash: list[float], found: int) -> None:
    assert at(*line(1), *flash, *line(1)) == found


def test_every_flash_counts_once() -> None:
    strobe = [0.2, 0.8] * 10
    assert at(*line(1, 0.2), *strobe, *line(1, 0.2)) == 10
    assert at(*line(1), 0.9, *line(0.5), 0.9, *line(0.2), 0.9, *line(1)) == 3


@pytest.mark.parametrize(
    "slow",
    [
        list(np.linspace(0.4, 0.0, 50)),
        [*np.linspace(0.1, 0.8, 25), *np.linspace(0.8, 0.1, 25)],
        [0.2] * 25 + [0.7] * 25,
        [0.4 + 0.04 * (index % 2) for index in range(50)],
        [*line(1), 0.95, *np.linspace(0.95, 0.45, 25), *line(1)],
    ],
    ids=["fade out", "in and out", "a door opens", "flicker", "an explosion that burns on"],
)
def test_what_is_no_flash(slow: Sequence[float]) -> None:
    assert at(*slow) == 0


def test_the_ends_of_a_clip_are_no_flash() -> None:
    assert at(0.9, *line(1)) == at(*line(1), 0.9) == at(0.9) == at() == 0


def test_the_rate_of_frames_does_not_matter() -> None:
    for fps in (10, 24, 60):
        values = [0.9 if (index * 2 // fps) % 2 and index * 2 % fps < 0.2 * fps else 0.3 for index in range(4 * fps)]
        assert count([index / fps for index in range(len(values))], values) == 4, fps


def test_flashes_are_counted_a_second(videos: Path, tmp_path: Path) -> None:
    scene = view(still(videos / "sam2__05_default_juggle.mp4"), 1.0)
    bright = np.clip(scene.astype(int) + 100, 0, 255).astype(np.uint8)
    pictures = [bright if index in (5, 12, 19) else scene for index in range(30)]
    path = film(tmp_path / "a.mp4", pictures)
    found = scan_file(path, tmp_path / "out", min_s=2, max_s=4, detector="fixed")
    assert found.score("flashes") == pytest.approx([1.0])
    assert found.score("black") == [0]


def test_a_film_leader_flashes(videos: Path, tmp_path: Path) -> None:
    """It counts down from 8 in six seconds; at most digits the picture jumps."""
    path = videos / "ffmpeg-python__in.mp4"
    (rate,) = scan_file(path, tmp_path, min_s=1, max_s=10, detector="fixed").score("flashes")
    assert rate == pytest.approx(1.0, abs=0.4)


def test_real_videos_without_flashes(scanned: Callable[[str], Scanned]) -> None:
    for name in ("opencv__vtest.avi", "sample-videos__bottle-detection.mp4", "media__hdr10-av1.mp4", "io__small.mp4"):
        assert set(scanned(name).score("flashes")) == {0}

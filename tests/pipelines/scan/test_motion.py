"""Motion is a speed: the same at any resolution, growing with what moves, blind to what does not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import hypot
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.shrink import Image
from tests.support.moves import film, speed, steps, still, view
from tests.support.scans import Scanned, scan_file

FRAMES = 11
"""One second at ten frames a second."""
PAN = 16 / hypot(16, 9)
"""Diagonals in a width."""
NOISE = np.random.default_rng(1)


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return still(videos / "sam2__05_default_juggle.mp4")


@pytest.fixture(scope="module")
def scene(lawn: Image) -> Image:
    """A view that does not move."""
    return view(lawn, 1.0)


def panned(picture: Image, pan: float, **options: object) -> list[Image]:
    return [view(picture, index / 10, pan=pan, **options) for index in range(FRAMES)]  # type: ignore[arg-type]


@pytest.mark.parametrize("move", [{"pan": 0.03}, {"pan": 0.3}, {"zoom": 0.1}, {"roll": 6.0}], ids=str)
def test_every_resolution_gives_the_same(lawn: Image, move: dict[str, float]) -> None:
    large = cv2.resize(lawn, (3840, 2160))
    full = [view(large, index / 10, size=(1920, 1080), **move) for index in range(FRAMES)]
    sizes = ((640, 360), (1280, 720), (1920, 1080))
    speeds = [speed(cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in full) for size in sizes]
    assert max(speeds) <= 1.05 * min(speeds)
    assert min(speeds) > 0.01


def test_every_resolution_gives_the_same_after_encoding(lawn: Image, tmp_path: Path) -> None:
    large, found = cv2.resize(lawn, (3840, 2160)), []
    for size in ((640, 360), (1280, 720), (1920, 1080)):
        pictures = [view(large, index / 10, pan=0.1, size=size) for index in range(13)]
        path = film(tmp_path / f"{size[1]}.mp4", pictures)
        found += scan_file(path, tmp_path / "out", min_s=1, max_s=2).score("motion")
    assert len(found) == 3
    assert max(found) <= 1.05 * min(found)


def test_motion_grows_with_speed_and_is_close_to_the_truth(lawn: Image) -> None:
    pans = (0.0, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
    speeds = [speed(panned(lawn, pan)) for pan in pans]
    assert speeds == sorted(speeds)
    assert all(faster > 1.2 * slower for slower, faster in pairwise(speeds[1:]))
    assert speeds[2:] == pytest.approx([PAN * pan for pan in pans[2:]], rel=0.15)


def test_a_pan_is_measured_under_noise(lawn: Image) -> None:
    noisy = [_with_noise(picture, 8) for picture in panned(lawn, 0.1)]
    assert speed(noisy) == pytest.approx(PAN * 0.1, rel=0.15)


@pytest.mark.parametrize(("to", "from_share", "to_share"), [(0, 0.0, 0.7), (255, 0.7, 0.0)], ids=["to black", "from white"])
def test_a_pan_is_measured_under_a_fade(lawn: Image, to: int, from_share: float, to_share: float) -> None:
    shares = np.linspace(from_share, to_share, FRAMES)
    pictures = [_faded(picture, to, share) for picture, share in zip(panned(lawn, 0.1), shares, strict=True)]
    assert speed(pictures) == pytest.approx(PAN * 0.1, rel=0.15)


def _with_noise(picture: Image, sigma: float) -> Image:
    return np.clip(picture + NOISE.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def _brighter(picture: Image, by: float) -> Image:
    return np.clip(picture.astype(np.float32) + by, 0, 255).astype(np.uint8)


def _faded(picture: Image, to: int, share: float) -> Image:
    return (picture * (1 - share) + to * share).astype(np.uint8)


STILL: dict[str, Callable[[Image, int], Image]] = {
    "still": lambda picture, _: picture,
    "a little noise": lambda picture, _: _with_noise(picture, 3),
    "much noise": lambda picture, _: _with_noise(picture, 20),
    "fade to black": lambda picture, index: _faded(picture, 0, index / FRAMES),
    "a quick fade": lambda picture, index: _faded(picture, 0, min(1.0, max(0.0, index / 3 - 1))),
    "fade from white": lambda picture, index: _faded(picture, 255, 1 - index / FRAMES),
    "flashes": lambda picture, index: _brighter(picture, 90 if index % 5 == 1 else 0),
    "a long flash": lambda picture, index: _brighter(picture, 120 if 4 <= index < 7 else 0),
    "flicker": lambda picture, index: _faded(picture, 0, 0.3 * (index * 7 % 10) / 10),
    "black": lambda picture, _: np.zeros_like(picture),
}


@pytest.mark.parametrize("change", STILL.values(), ids=STILL.keys())
def test_what_does_not_move_has_no_motion(scene: Image, change: Callable[[Image, int], Image]) -> None:
    assert speed(change(scene, index) for index in range(FRAMES)) < 0.001


def test_a_small_thing_that_moves_gives_little_but_not_nothing(scene: Image) -> None:
    pictures = [scene.copy() for _ in range(FRAMES)]
    for index, picture in enumerate(pictures):
        picture[150:210, 100 + 8 * index : 160 + 8 * index] = scene[:60, :60] // 2 + 100
    assert 0.0003 < speed(pictures) < 0.02
    assert max(step.agreement for step in steps(pictures)) < 0.5  # it is no camera


@pytest.mark.parametrize("travels", [0.25, 0.5])
def test_a_small_thing_that_flies_counts_as_much_the_faster_it_is(scene: Image, travels: float) -> None:
    """In half a second it is out of the blocks it was in; the short distance saw it, and is believed."""

    def flying(widths_a_second: float) -> float:
        pictures = []
        for index in range(3 * FRAMES):
            at = 0.1 + widths_a_second * index / 10
            centre = round(scene.shape[1] * (0.1 + 0.8 * abs(at % 2 - 1))), scene.shape[0] // 2
            pictures.append(
                cv2.circle(cv2.circle(scene.copy(), centre, 40, (30, 60, 220), -1), centre, 15, (240, 240, 240), -1)
            )
        return speed(pictures)

    assert flying(travels) > 0.002
    assert flying(travels) > 1.3 * flying(travels / 2)


def test_frame_rate_does_not_matter(lawn: Image) -> None:
    speeds = [
        speed([view(lawn, index / fps, pan=0.1) for index in range(round(fps) + 1)], fps=fps)
        for fps in (10, 23.976, 30, 59.94)
    ]
    assert speeds == pytest.approx([PAN * 0.1] * 4, rel=0.1)


def test_one_frame_has_no_motion_to_measure(scene: Image) -> None:
    assert steps([scene]) == []


def test_real_videos_stand_in_the_order_of_what_moves(scanned: Callable[[str], Scanned]) -> None:
    """An empty lane, a toy that turns its head, hands on a table, a walk around a thing, a quick pan."""
    lane = scanned("sample-videos__car-detection.mp4").score("motion")
    names = ("io__small.mp4", "sam2__03_blocks.mp4", "learning-area__crystal.mp4", "media__hdr10-av1.mp4")
    others = [np.mean(scanned(name).score("motion")) for name in names]
    assert min(lane) == lane[1] < 0.002  # a car leaves it in the distance, then it is empty
    assert min(lane[0], lane[2], lane[3]) > 0.003
    assert [lane[1], *others] == sorted([lane[1], *others])


def test_bars_around_a_picture_change_little(lawn: Image) -> None:
    """A portrait pan in a wide black frame is the same pan; over the bars it would look nearly still."""
    portrait = [np.ascontiguousarray(picture[:, 200:440]) for picture in panned(lawn, 0.1)]
    barred = [np.pad(picture, ((0, 0), (200, 200), (0, 0))) for picture in portrait]
    framed = steps(barred)
    assert np.mean([step.speed for step in framed]) == pytest.approx(speed(portrait), rel=0.35)
    assert np.mean([step.agreement for step in framed]) > 0.5

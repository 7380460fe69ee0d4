"""What the camera does, in words: on moves made over real stills, and on real videos."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from pipelines.scan.camera import describe
from pipelines.scan.motion import Step
from pipelines.scan.shrink import Image
from tests.support.moves import film, steps, still, view
from tests.support.scans import Scanned, scan_file

STILLS = {
    "lawn": ("sam2__05_default_juggle.mp4", 0),
    "campus": ("opencv__vtest.avi", 0),
    "film": ("moviepy__trailer_bbb.mp4", 200),
    "table": ("learning-area__crystal.mp4", 0),
    "toys": ("sam2__03_blocks.mp4", 0),
}
MOVES = {
    ("pan", 1): "pan right",
    ("pan", -1): "pan left",
    ("tilt", 1): "tilt up",
    ("tilt", -1): "tilt down",
    ("zoom", 1): "zoom in",
    ("zoom", -1): "zoom out",
    ("roll", 1): "roll right",
    ("roll", -1): "roll left",
}
SPEEDS = {"pan": (0.03, 0.25), "tilt": (0.04, 0.25), "zoom": (0.03, 0.25), "roll": (3.0, 18.0)}
FRAMES = 13


@pytest.fixture(scope="module")
def stills(videos: Path) -> dict[str, Image]:
    return {name: still(videos / file, index) for name, (file, index) in STILLS.items()}


def said(picture: Image, **move: float) -> str | None:
    return describe(steps(view(picture, index / 10, **move) for index in range(FRAMES)))  # type: ignore[arg-type]


def test_nearly_every_move_is_named(stills: dict[str, Image]) -> None:
    wrong, count = [], 0
    for (name, picture), (verb, sign) in product(stills.items(), MOVES):
        for fast in SPEEDS[verb]:
            heard, count = said(picture, **{verb: sign * fast}), count + 1
            if heard != MOVES[verb, sign]:
                wrong.append(f"{name}: {verb} {sign * fast} heard as {heard}")
    assert count == 80
    assert len(wrong) <= 0.05 * count, wrong


def test_a_camera_that_stands_still_is_static(stills: dict[str, Image]) -> None:
    assert {said(picture) for picture in stills.values()} == {"static"}


def test_two_moves_at_once_are_both_named(stills: dict[str, Image]) -> None:
    assert said(stills["lawn"], pan=0.1, zoom=0.1) in ("pan right and zoom in", "zoom in and pan right")


def test_a_turned_phone_pans_the_way_the_viewer_sees_it(stills: dict[str, Image]) -> None:
    """The same view, stored on its side as a phone does, upright only after turning it."""
    views = [view(stills["lawn"], index / 10, pan=0.1) for index in range(FRAMES)]
    for rotation in (0, 90, 180, 270):
        stored = [np.rot90(picture, rotation // 90) for picture in views]
        assert describe(steps(stored, rotation=rotation)) == "pan right"


def test_a_thing_that_moves_is_no_camera(stills: dict[str, Image]) -> None:
    scene = view(stills["lawn"], 1.0)
    pictures = []
    for index in range(FRAMES):
        picture = scene.copy()
        picture[100:260, 60 + 20 * index : 220 + 20 * index] = scene[:160, 300:460]
        pictures.append(picture)
    assert describe(steps(pictures)) == "static"


def test_the_words_go_into_the_clip(stills: dict[str, Image], tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [view(stills["campus"], index / 10, tilt=0.1) for index in range(FRAMES)])
    assert scan_file(path, tmp_path / "out", min_s=1, max_s=2).facts("camera") == ["tilt up"]


def step(pan: float = 0, tilt: float = 0, zoom: float = 0, roll: float = 0, agreement: float = 1) -> Step:
    return Step(0, 1, speed=0.1, pan=pan, tilt=tilt, zoom=zoom, roll=roll, agreement=agreement)


def test_moves_to_and_fro_are_a_hand() -> None:
    assert describe([step(pan=0.1), step(pan=-0.1, tilt=0.1), step(tilt=-0.1), step(pan=0.1), step(pan=-0.1)]) == "handheld"


def test_three_moves_at_once_are_complex() -> None:
    assert describe([step(pan=0.1, tilt=0.1, zoom=0.1)] * 4) == "complex"


def test_a_move_that_few_blocks_follow_is_not_the_cameras() -> None:
    assert describe([step(pan=0.1, agreement=0.3)] * 4) == "static"


def test_nothing_measured_is_not_called_static() -> None:
    assert describe([]) is None


@pytest.mark.parametrize(
    "name",
    [
        "sample-videos__car-detection.mp4",
        "opencv__vtest.avi",
        "io__small.mp4",
        "sam2__05_default_juggle.mp4",
        "moviepy__chaplin.mp4",
    ],
)
def test_real_cameras_that_stand_still(name: str, scanned: Callable[[str], Scanned]) -> None:
    assert set(scanned(name).facts("camera")) == {"static"}


def test_real_cameras_that_move(scanned: Callable[[str], Scanned]) -> None:
    assert scanned("media__hdr10-av1.mp4").facts("camera") == ["pan right"]
    crystal = scanned("learning-area__crystal.mp4").facts("camera")  # a hand circles a thing and moves in
    assert "static" not in crystal and len(crystal) == 2

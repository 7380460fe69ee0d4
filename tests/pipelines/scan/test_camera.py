"""What the camera does, in words: on moves made over real stills, and on real videos."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.camera import Camera, describe, summary, track
from pipelines.scan.motion import Step
from pipelines.scan.shrink import Image
from tests.support.moves import SIZE, film, shaken, steps, still, view
from tests.support.scans import Scanned, scan_file

STILLS = {
    "lawn": ("sam2__05_default_juggle.mp4", 0),
    "campus": ("opencv__vtest.avi", 0),
    "film": ("moviepy__trailer_bbb.mp4", 200),
    "table": ("learning-area__crystal.mp4", 0),
    "toys": ("sam2__03_blocks.mp4", 0),
    "mirror in the dark": ("torchcodec__nasa_13013.mp4", 0),
    "bottles on white": ("sample-videos__bottle-detection.mp4", 0),
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
SPEEDS = {"pan": (0.03, 0.1, 0.3), "tilt": (0.04, 0.12, 0.3), "zoom": (0.03, 0.1, 0.3), "roll": (3.0, 8.0, 20.0)}
TIMES_S = (0.0, 0.1, 0.5, 0.6, 1.0, 1.1, 1.5, 1.6)
"""The only frames that are looked at."""
FRAMES = 31
"""Three seconds, in tests that need all frames."""
NOISE = np.random.default_rng(3).normal(0, 4, (8, 360, 640, 1)).astype(np.int8).repeat(3, axis=3)
WATCHED = ("sam2__03_blocks.mp4", "sample-videos__bottle-detection.mp4", "shared-assets__flower.webm", "gradio__a.mp4")
"""Besides those below, real cameras that stand still before hands, petals and letters that move."""


@pytest.fixture(scope="module")
def stills(videos: Path) -> dict[str, Image]:
    return {name: still(videos / file, index) for name, (file, index) in STILLS.items()}


def said(picture: Image, **move: float) -> str | None:
    views = (view(picture, time_s, **move) for time_s in TIMES_S)  # type: ignore[arg-type]
    noisy = (cv2.add(one, noise, dtype=cv2.CV_8U) for one, noise in zip(views, NOISE, strict=True))
    return describe(steps(noisy, times_s=TIMES_S))


def seen(pictures: Iterable[Image]) -> Camera:
    """What is said of pictures that come ten times a second."""
    found = steps(pictures)
    summed = summary(track(found, [index / 2 for index in range(len(found) + 1)]))
    assert summed is not None
    return summed


def test_nearly_every_move_is_named(stills: dict[str, Image]) -> None:
    confusion: dict[str, Counter[str | None]] = defaultdict(Counter)
    for picture, (verb, sign) in product(stills.values(), MOVES):
        for fast in SPEEDS[verb]:
            confusion[MOVES[verb, sign]][said(picture, **{verb: sign * fast})] += 1
    for picture in stills.values():
        confusion["static"][said(picture)] += 1
    for made, heard in confusion.items():
        print(f"{made:11}", dict(heard))
    right, count = sum(heard[made] for made, heard in confusion.items()), sum(map(Counter.total, confusion.values()))
    assert count == len(STILLS) * (3 * len(MOVES) + 1)
    assert right >= 0.95 * count
    assert confusion["static"].total() == confusion["static"]["static"]


def test_two_moves_at_once_are_both_named(stills: dict[str, Image]) -> None:
    assert said(stills["lawn"], pan=0.1, zoom=0.1) in ("pan right and zoom in", "zoom in and pan right")


def test_a_turned_phone_pans_the_way_the_viewer_sees_it(stills: dict[str, Image]) -> None:
    """The same view, stored on its side as a phone does, upright only after turning it."""
    views = [view(stills["lawn"], index / 10, pan=0.1) for index in range(13)]
    for rotation in (0, 90, 180, 270):
        stored = [np.rot90(picture, rotation // 90) for picture in views]
        assert describe(steps(stored, rotation=rotation)) == "pan right"


def with_thing(picture: Image, index: int, thing: Image) -> Image:
    """A thing a quarter of the picture wide and half as tall goes by from left to right."""
    seen = picture.copy()
    seen[100:280, 20 + 14 * index : 180 + 14 * index] = thing[:180, 300:460]
    return seen


def with_writing(picture: Image, index: int) -> Image:
    """A logo that stays and a subtitle that comes and goes."""
    seen = picture.copy()
    cv2.putText(seen, "TV", (560, 50), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 4)
    if index // 6 % 2:
        cv2.putText(seen, "and then she said:", (120, 330), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 4)
    return seen


@pytest.mark.parametrize("name", STILLS)
def test_what_moves_before_a_camera_is_not_the_camera(name: str, stills: dict[str, Image]) -> None:
    picture, thing = stills[name], view(stills["toys" if name == "lawn" else "lawn"], 1.0)
    scene, pan = view(picture, 1.0), [view(picture, index / 10, pan=-0.1) for index in range(FRAMES)]
    assert seen(with_thing(scene, index, thing) for index in range(FRAMES)).words == "static"
    assert seen(with_thing(one, index, thing) for index, one in enumerate(pan)).words.startswith("pan left")


@pytest.mark.parametrize("name", STILLS)
def test_writing_over_the_picture_hides_no_camera(name: str, stills: dict[str, Image]) -> None:
    picture = stills[name]
    scene, pan = view(picture, 1.0), [view(picture, index / 10, pan=-0.1) for index in range(FRAMES)]
    assert seen(with_writing(scene, index) for index in range(FRAMES)).words == "static"
    assert seen(with_writing(one, index) for index, one in enumerate(pan)).words == "pan left"


@pytest.mark.parametrize("name", STILLS)
def test_a_hand_shakes(name: str, stills: dict[str, Image]) -> None:
    assert seen(shaken(stills[name], index / 10) for index in range(41)).words == "handheld"


def test_a_pan_that_ends_is_a_stretch_of_its_own(stills: dict[str, Image]) -> None:
    found = seen(view(stills["lawn"], min(index, 25) / 10, pan=-0.12) for index in range(41))
    assert found.words == "pan left"
    assert re.sub(r"0\.1[123]/s, (1\.00|0\.9\d)", "0.12/s, sure", found.track) == (
        "0.0–2.5 pan left (0.12/s, sure); 2.5–4.0 static (1.00)"
    )
    assert found.confidence == pytest.approx(2.5 / 4, abs=0.05)
    assert found.speed == pytest.approx(0.12 * 2.5 / 4, rel=0.1)


def test_one_move_after_the_other_is_complex(stills: dict[str, Image]) -> None:
    there_and_back = (view(stills["lawn"], (index if index <= 20 else 40 - index) / 10, pan=0.15) for index in range(41))
    found = seen(there_and_back)
    assert found.words == "complex"
    assert [part.split(" ", 1)[1].partition(" (")[0] for part in found.track.split("; ")] == ["pan right", "pan left"]


@pytest.mark.parametrize(("move", "speed"), [({"pan": 0.2}, 0.2), ({"tilt": 0.2}, 0.2), ({"zoom": 0.25}, 0.1)], ids=str)
def test_speed_is_in_sides_of_the_picture(stills: dict[str, Image], move: dict[str, float], speed: float) -> None:
    found = seen(view(stills["lawn"], index / 10, **move) for index in range(13))  # type: ignore[arg-type]
    assert found.speed == pytest.approx(speed, rel=0.15)
    assert found.confidence > 0.9


def test_the_words_go_into_the_clip(stills: dict[str, Image], tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [view(stills["campus"], index / 10, tilt=0.1) for index in range(13)])
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


@pytest.mark.parametrize("pan", [0.6, 1.2, 2.0])
def test_a_whip_pan_is_heard_at_its_speed(stills: dict[str, Image], pan: float) -> None:
    """Faster than a tenth of a second can follow: neighbouring frames are compared then."""
    wide = np.hstack([cv2.resize(stills[name], SIZE) for name in ("lawn", "campus", "film", "table")])
    lefts = [round(pan * SIZE[0] * index / 30) for index in range(round(30 * 2.9 / pan))]
    found = steps([wide[:, left : left + SIZE[0]] for left in lefts], fps=30)
    assert describe(found) == "pan right"
    assert np.mean([step.pan for step in found]) == pytest.approx(pan, rel=0.1)


@pytest.mark.parametrize(
    "name",
    [
        "sample-videos__car-detection.mp4",
        "opencv__vtest.avi",
        "io__small.mp4",
        "sam2__05_default_juggle.mp4",
        "moviepy__chaplin.mp4",
        *WATCHED,
    ],
)
def test_real_cameras_that_stand_still(name: str, scanned: Callable[[str], Scanned]) -> None:
    assert set(scanned(name).facts("camera")) == {"static"}


def test_real_cameras_that_move(scanned: Callable[[str], Scanned]) -> None:
    assert scanned("media__hdr10-av1.mp4").facts("camera") == ["pan right"]
    crystal = scanned("learning-area__crystal.mp4")  # a hand circles a thing and moves in
    assert "static" not in crystal.facts("camera") and len(crystal.clips) == 2
    tracks = "; ".join(crystal.facts("camera_track"))
    assert "handheld" in tracks and "zoom in" in tracks
    assert min(crystal.score("camera_speed")) > 0.1


@pytest.mark.parametrize(
    ("name", "words"), [("moviepy__fire2.mp4", "pan left"), ("media__sample_edit_list.mp4", "pan left")]
)
def test_real_cameras_in_short_clips(name: str, words: str, videos: Path, tmp_path: Path) -> None:
    assert scan_file(videos / name, tmp_path, min_s=2, max_s=4).facts("camera") == [words]


def test_the_land_beside_a_road_goes_by(videos: Path, tmp_path: Path) -> None:
    found = scan_file(videos / "media__roadtrip-vp92-10bit.webm", tmp_path, min_s=0.5, max_s=4)
    assert "pan left" in found.facts("camera")[1]
    assert found.score("camera_speed")[1] > 0.3


def test_a_film_leader_is_static_though_its_light_jumps(videos: Path, tmp_path: Path) -> None:
    found = scan_file(videos / "ffmpeg-python__in.mp4", tmp_path, min_s=1, max_s=10, detector="fixed")
    assert found.facts("camera") == ["static"]
    assert found.score("camera_confidence")[0] < 0.8

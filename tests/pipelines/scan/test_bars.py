"""Letterbox and pillarbox: found where they are, to the pixel, and not where it is only dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.bars import WHOLE, Box, find
from pipelines.scan.shrink import Image
from tests.support.moves import film, still, view
from tests.support.scans import Scanned, scan_file

NOISE = np.random.default_rng(2)
SIZE = (640, 360)


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return cv2.resize(still(videos / "sam2__05_default_juggle.mp4"), SIZE, interpolation=cv2.INTER_AREA)


def boxed(picture: Image, *, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0) -> Image:
    """The picture squeezed between black bars of these widths, in a frame of `SIZE`."""
    inner = cv2.resize(picture, (SIZE[0] - left - right, SIZE[1] - top - bottom), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))


def noisy(picture: Image, sigma: float) -> Image:
    return np.clip(picture + NOISE.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "bars",
    [
        {"top": 44, "bottom": 44},
        {"top": 20, "bottom": 20},
        {"left": 80, "right": 80},
        {"left": 219, "right": 219},
        {"left": 40, "right": 40, "top": 30, "bottom": 30},
        {"top": 60},
        {"left": 6, "right": 4},
    ],
    ids=str,
)
@pytest.mark.parametrize("light", [1.0, 0.35], ids=["bright", "dark"])
def test_bars_are_found_to_the_pixel(lawn: Image, bars: dict[str, int], light: float) -> None:
    dimmed = (lawn * light).astype(np.uint8)
    found = find([noisy(boxed(dimmed, **bars), 2)] * 3)
    left, top, right, bottom = (bars.get(side, 0) for side in ("left", "top", "right", "bottom"))
    assert found.left * 640 == pytest.approx(left, abs=1)
    assert found.top * 360 == pytest.approx(top, abs=1)
    assert (1 - found.right) * 640 == pytest.approx(right, abs=1)
    assert (1 - found.bottom) * 360 == pytest.approx(bottom, abs=1)
    share = 1 - (640 - left - right) * (360 - top - bottom) / (640 * 360)
    assert found.bars == pytest.approx(share, abs=0.01)


def test_a_bar_must_be_there_in_every_frame(lawn: Image) -> None:
    """A film that opens to full height in the middle of a clip is not cut."""
    assert find([boxed(lawn, top=44, bottom=44), lawn]) == WHOLE


def dusk() -> Image:
    """Dark above, lighter below, without any line."""
    rows = np.linspace(0, 90, 360).astype(np.uint8)
    return np.repeat(np.repeat(rows[:, None, None], 640, axis=1), 3, axis=2)


def corridor(lawn: Image) -> Image:
    """A dark room seen past something black: no straight line, no flat black."""
    picture = (lawn * 0.15).astype(np.uint8)
    cv2.fillPoly(picture, [np.array([[0, 0], [200, 0], [120, 360], [0, 360]])], (3, 3, 3))
    return noisy(picture, 3)


def title() -> Image:
    picture = np.zeros((360, 640, 3), np.uint8)
    cv2.putText(picture, "THE END", (130, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 8)
    return picture


def test_darkness_is_no_bar(lawn: Image) -> None:
    black = np.zeros((360, 640, 3), np.uint8)
    for picture in (dusk(), corridor(lawn), title(), black, noisy(black, 4), noisy((lawn * 0.06).astype(np.uint8), 2)):
        assert find([picture] * 2) == WHOLE


def test_the_crop_is_even_and_holds_no_bar() -> None:
    box = Box(left=0.1001, right=0.8999, top=0.0, bottom=1.0)
    assert box.crop((1921, 1081)) == "194,0,1534,1080"
    assert WHOLE.crop((1280, 720)) == "0,0,1280,720"


@pytest.mark.parametrize(
    ("name", "bars", "crop"),
    [("moviepy__chaplin.mp4", 0.225, "72,0,496,360"), ("learning-area__crystal.mp4", 0.022, "8,0,704,480")],
)
def test_real_bars(name: str, bars: float, crop: str, scanned: Callable[[str], Scanned]) -> None:
    found = scanned(name)
    assert found.score("bars") == pytest.approx([bars] * len(found.clips), abs=0.002)
    assert set(found.facts("crop")) == {crop}


@pytest.mark.parametrize(
    "name",
    [
        "shared-assets__tears-of-steel-battle-clip-medium.webm",
        "moviepy__trailer_bbb.mp4",
        "torchcodec__nasa_13013.mp4",
        "gradio__a.mp4",
        "samples__chrome.mp4",
    ],
)
def test_real_videos_without_bars(name: str, scanned: Callable[[str], Scanned]) -> None:
    found = scanned(name)
    assert found.clips and set(found.score("bars")) == {0}
    assert found.facts("crop") == []


def test_the_crop_is_in_pixels_of_the_source(lawn: Image, tmp_path: Path) -> None:
    large = cv2.resize(boxed(lawn, top=44, bottom=44), (1920, 1080), interpolation=cv2.INTER_CUBIC)
    (crop,) = scan_file(film(tmp_path / "a.mp4", [large] * 13), tmp_path / "out", min_s=1, max_s=2).facts("crop")
    x, y, width, height = map(int, crop.split(","))
    assert (x, width) == (0, 1920)
    assert y == pytest.approx(132, abs=6) and y >= 132
    assert y + height <= 948 and height == pytest.approx(816, abs=12)


def test_a_turned_phone_has_its_bars_where_the_viewer_sees_them(lawn: Image) -> None:
    upright = np.rot90(boxed(lawn, left=80, right=80))
    assert find([np.ascontiguousarray(upright)]).top * 640 == pytest.approx(80, abs=1)


def test_moving_pictures_keep_their_bars(videos: Path) -> None:
    wide = still(videos / "sam2__05_default_juggle.mp4")
    pictures = [boxed(view(wide, index / 4, pan=0.2), top=44, bottom=44) for index in range(8)]
    assert find(pictures).top * 360 == pytest.approx(44, abs=1)

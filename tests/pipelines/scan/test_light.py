"""Brightness, contrast, saturation and sharpness: what they are of known pictures, and at any resolution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.light import BLACK, WHITE, Look, brightness, look, mean_look
from pipelines.scan.shrink import Image
from tests.support.moves import still
from tests.support.scans import Scanned


def plain(*bgr: int, size: tuple[int, int] = (90, 160)) -> Image:
    return np.full((*size, 3), bgr, np.uint8)


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return still(videos / "sam2__05_default_juggle.mp4")


@pytest.mark.parametrize(("luma", "value"), [(BLACK, 0), (0, 0), (WHITE, 1), (255, 1), ((BLACK + WHITE) / 2, 0.5)])
def test_brightness_goes_from_black_to_white(luma: float, value: float) -> None:
    assert brightness(np.full((9, 16), luma, np.uint8)) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(("luma", "value"), [(0, 0), (16, 0.063), (255, 1)])
def test_in_full_range_black_is_nought(luma: int, value: float) -> None:
    assert brightness(np.full((9, 16), luma, np.uint8), full_range=True) == pytest.approx(value, abs=0.005)


def test_plain_colours() -> None:
    grey, red = look(plain(128, 128, 128)), look(plain(0, 0, 255))
    assert (grey.contrast, grey.saturation, grey.sharpness) == (0, 0, 0)
    assert red.saturation == 1


def test_half_black_half_white_has_the_most_contrast() -> None:
    picture = plain(0, 0, 0)
    picture[:, 80:] = 255
    assert look(picture).contrast == pytest.approx(0.5, abs=0.01)


def test_all_is_the_same_at_any_resolution(lawn: Image) -> None:
    looks = [look(cv2.resize(lawn, size, interpolation=cv2.INTER_AREA)) for size in ((640, 360), (1280, 720))]
    looks.append(look(cv2.resize(lawn, (1920, 1080), interpolation=cv2.INTER_CUBIC)))
    for name in ("contrast", "saturation", "sharpness"):
        values = [getattr(one, name) for one in looks]
        assert max(values) <= 1.05 * min(values), name


def test_blur_takes_sharpness_step_by_step(lawn: Image) -> None:
    values = [look(lawn).sharpness, *(look(cv2.GaussianBlur(lawn, (0, 0), sigma)).sharpness for sigma in (2, 4, 8, 16))]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.5 > 0.1 > values[-1]


def test_a_dark_picture_is_no_less_sharp(lawn: Image) -> None:
    """Sharpness is a matter of edges, not of light."""
    assert look((lawn * 0.4).astype(np.uint8)).sharpness == pytest.approx(look(lawn).sharpness, rel=0.1)


def test_the_mean_of_looks() -> None:
    mean = mean_look([Look(0.1, 0.2, 0.3), Look(0.3, 0.4, 0.5)])
    assert (mean.contrast, mean.saturation, mean.sharpness) == pytest.approx((0.2, 0.3, 0.4))


def test_real_videos(scanned: Callable[[str], Scanned]) -> None:
    dark, screen = scanned("torchcodec__nasa_13013.mp4"), scanned("gradio__compliment_bot_screen_recording_3x.mp4")
    assert max(dark.score("brightness")) < 0.2 < 0.7 < min(screen.score("brightness"))
    assert max(scanned("moviepy__chaplin.mp4").score("saturation")) < 0.01  # black and white
    assert min(scanned("io__small.mp4").score("saturation")) > 0.5  # orange toy, warm light

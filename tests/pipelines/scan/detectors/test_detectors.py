"""What every cut detector keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from pipelines.scan.detectors import DETECTORS, Detector
from pipelines.scan.shrink import Image
from tests.support.moves import still, view

KINDS = [cls for _, cls in DETECTORS]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)
SHOT = 40


@pytest.fixture(scope="module")
def pictures(videos: Path) -> list[Image]:
    """Three shots of `SHOT` frames at 25 a second, the first with a slow pan."""
    names = "sam2__05_default_juggle.mp4", "sam2__03_blocks.mp4", "io__small.mp4"
    lawn, *others = (still(videos / name) for name in names)
    shots = [view(lawn, index / 25, pan=0.05) for index in range(SHOT)]
    shots += [picture for picture in others for _ in range(SHOT)]
    return [cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA) for picture in shots]


def found(detector: Detector, pictures: list[Image]) -> list[int]:
    cuts: list[int] = []
    for index, picture in enumerate(pictures):
        told = detector.feed(index, picture)
        assert all(index - detector.late <= cut <= index for cut in told)
        cuts += told
    return cuts + detector.finish()


@each
def test_it_is_described(cls: type[Detector]) -> None:
    assert cls.about and not cls.about.endswith(".")
    assert cls.usual is None or 0.05 <= cls.usual <= 100


@each
def test_it_finds_plain_cuts_to_the_frame_or_none(cls: type[Detector], pictures: list[Image]) -> None:
    assert found(cls(25), pictures) == ([] if cls.name == "fixed" else [SHOT, 2 * SHOT])


@each
def test_one_is_not_disturbed_by_another(cls: type[Detector], pictures: list[Image]) -> None:
    """Files are read one after another, and now and then two at a time."""
    one, other = cls(25), cls(25)
    cuts: list[int] = []
    for index, picture in enumerate(pictures[: 2 * SHOT]):
        cuts += one.feed(index, picture)
        other.feed(index, pictures[-1 - index])
    assert cuts + one.finish() == found(cls(25), pictures[: 2 * SHOT])


@each
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_short_files_and_odd_rates_are_no_trouble(cls: type[Detector], pictures: list[Image], count: int) -> None:
    for fps in (0.0, 0.5, 1000.0):
        assert found(cls(fps), pictures[:count]) == []


@each
def test_a_high_threshold_finds_nothing(cls: type[Detector], pictures: list[Image]) -> None:
    if cls.usual is not None:
        assert found(cls(25, 100 if cls.usual > 1 else 1.0), [pictures[0]] * 30 + [pictures[1]] * 30) == []


def pan(picture: Image, count: int, *, speed: float = 0.15) -> list[Image]:
    """A camera that moves quickly, in widths a second."""
    seen = [view(picture, index / 25, pan=speed) for index in range(count)]
    return [cv2.resize(one, (64, 36), interpolation=cv2.INTER_AREA) for one in seen]


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return still(videos / "sam2__05_default_juggle.mp4")


@pytest.fixture(scope="module")
def blocks(videos: Path) -> Image:
    return still(videos / "sam2__03_blocks.mp4")


@pytest.mark.parametrize("edge", [1, 2, 3])
def test_adaptive_finds_cuts_near_the_ends_of_a_file(lawn: Image, blocks: Image, edge: int) -> None:
    """Files that others cut often begin or end with a frame or two of another scene."""
    pictures = pan(lawn, edge) + pan(blocks, 30) + pan(lawn, edge)
    assert found(DETECTORS["adaptive"](25), pictures) == [edge, 30 + edge]
    assert found(DETECTORS["adaptive"](25), pan(lawn, 30)) == []


def test_adaptive_tells_both_ends_of_a_very_short_shot(lawn: Image, blocks: Image) -> None:
    assert found(DETECTORS["adaptive"](25), pan(lawn, 30) + pan(blocks, 4) + pan(lawn, 30)) == [30, 34]


@pytest.mark.parametrize("shown", [2, 3, 5])
def test_adaptive_passes_over_frames_that_are_repeated(lawn: Image, blocks: Image, shown: int) -> None:
    """Animation of twelve pictures a second in a file of sixty: each new picture is no scene."""
    pictures = [picture for picture in pan(lawn, 30, speed=0.7) + pan(blocks, 30, speed=0.7) for _ in range(shown)]
    assert found(DETECTORS["adaptive"](60), pictures) == [30 * shown]


def test_adaptive_finds_cuts_in_black_and_white(lawn: Image, blocks: Image) -> None:
    """Only the value changes there, a third of what is counted."""
    pale = [cv2.convertScaleAbs(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), alpha=0.85) for one in (lawn, blocks)]
    grey = [cv2.cvtColor(one, cv2.COLOR_GRAY2BGR) for one in pale]
    assert found(DETECTORS["adaptive"](25), pan(grey[0], 30) + pan(grey[1], 30)) == [30]

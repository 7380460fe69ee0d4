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

"""Breaks come in order, none of them inside what is left out, and none too late for the scene it ends."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.breaks import Break, Breaks
from pipelines.scan.light import brightness
from pipelines.scan.params import Scan
from pipelines.scan.shrink import Image
from tests.support.moves import still

SIZE = (160, 90)


@pytest.fixture(scope="module")
def shots(videos: Path) -> list[Image]:
    names = "sam2__05_default_juggle.mp4", "sam2__03_blocks.mp4", "io__small.mp4"
    return [cv2.resize(still(videos / name), SIZE, interpolation=cv2.INTER_AREA) for name in names]


def told(pictures: list[Image], **parameters: object) -> list[Break]:
    breaks, found = Breaks(Scan.model_validate(parameters), 25), []
    for index, picture in enumerate(pictures):
        settled = breaks.settled
        luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        known = breaks.feed(index, luma, picture, brightness=brightness(luma))
        assert all(one.end >= settled or one.next_start > settled for one in known)
        found += known
    found += breaks.finish()
    assert [one.end for one in found] == sorted(one.end for one in found)
    assert all(one.next_start >= one.end for one in found)
    return found


def dissolve(a: Image, b: Image, count: int) -> list[Image]:
    return [cv2.addWeighted(a, 1 - share, b, share, 0) for share in np.linspace(0, 1, count + 2)[1:-1]]


@pytest.mark.parametrize("detector", ["adaptive", "content"])
def test_a_cut_is_where_the_picture_changes(shots: list[Image], detector: str) -> None:
    pictures = [shots[0]] * 40 + [shots[1]] * 40 + [shots[2]] * 40
    assert told(pictures, detector=detector) == [Break(40, 40, True), Break(80, 80, True)]


def test_a_cut_near_the_end_is_told_by_all_means(shots: list[Image]) -> None:
    assert told([shots[0]] * 40 + [shots[1]] * 3, detector="adaptive") == [Break(40, 40, True)]


def test_a_dissolve_leaves_a_gap_though_a_detector_saw_a_cut_in_it(shots: list[Image]) -> None:
    pictures = [shots[0]] * 40 + dissolve(shots[0], shots[1], 8) + [shots[1]] * 40
    assert told(pictures, detector="content", threshold=5, transitions=False)  # it does take it for a cut
    (one,) = told(pictures, detector="content", threshold=5)
    assert 31 <= one.end <= 40 and 48 <= one.next_start <= 57  # up to 0.35 s wider than it is


def test_black_frames_belong_to_no_scene(shots: list[Image]) -> None:
    black = np.full_like(shots[0], 8)
    found = told([shots[0]] * 30 + [black] * 5 + [shots[1]] * 30, detector="fixed")
    assert (found[0].end, found[-1].next_start) == (30, 35)


def test_nothing_breaks_a_still(shots: list[Image]) -> None:
    assert told([shots[0]] * 60) == []

"""Colours by the names people use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipelines.scan.colours import NAMES, named
from pipelines.scan.shrink import Image
from tests.support.scans import Scanned

COLOURS = {
    "black": (10, 10, 10), "white": (250, 250, 250), "grey": (128, 128, 128), "red": (220, 20, 20),
    "orange": (250, 140, 10), "yellow": (250, 230, 20), "green": (30, 160, 40), "teal": (20, 160, 170),
    "blue": (30, 60, 220), "purple": (130, 40, 200), "pink": (250, 80, 180), "brown": (120, 70, 30),
}  # fmt: skip
"""RGB that nobody would call otherwise."""


def striped(*shares: tuple[str, float]) -> Image:
    rows = [np.tile(np.array(COLOURS[name][::-1], np.uint8), (round(100 * share), 160, 1)) for name, share in shares]
    return np.concatenate(rows)


def test_every_name_is_tried() -> None:
    assert set(COLOURS) == set(NAMES)


@pytest.mark.parametrize("name", COLOURS)
def test_plain_colours_have_their_name(name: str) -> None:
    assert named([striped((name, 1))]) == [name]


def test_the_widest_comes_first_and_little_ones_are_not_named() -> None:
    assert named([striped(("green", 0.3), ("blue", 0.6), ("red", 0.1))]) == ["blue", "green"]


def test_three_at_most() -> None:
    assert len(named([striped(*((name, 0.2) for name in ("green", "blue", "red", "yellow", "white")))])) == 3


def test_all_pictures_count() -> None:
    assert named([striped(("green", 1)), striped(("green", 0.4), ("red", 0.6))]) == ["green", "red"]


def test_real_videos(scanned: Callable[[str], Scanned]) -> None:
    assert set(", ".join(scanned("moviepy__chaplin.mp4").facts("colours")).split(", ")) <= {"black", "grey", "white"}
    assert "orange" in scanned("io__small.mp4").facts("colours")[0]
    assert "green" in scanned("opencv__vtest.avi").facts("colours")[0]  # a lawn
    assert scanned("gradio__a.mp4").facts("colours") == ["blue"]

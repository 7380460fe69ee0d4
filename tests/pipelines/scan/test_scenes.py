"""Scenes of whole videos: they begin at the very frame, and are not torn by what is no cut."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipelines.media.opening import probe
from pipelines.scan.shrink import Image
from tests.support.moves import film, still, view
from tests.support.scans import scenes_of

Found = tuple[list[tuple[float, float]], float]
"""Start and end of each scene in seconds, and the seconds of one frame."""
LENGTHS = (40, 33, 21, 50)
"""Frames of the shots of a made video."""


@pytest.fixture(scope="module")
def stills(videos: Path) -> list[Image]:
    files = (
        ("sam2__05_default_juggle.mp4", 0),
        ("opencv__vtest.avi", 0),
        ("moviepy__trailer_bbb.mp4", 200),
        ("io__small.mp4", 0),
    )
    return [still(videos / file, index) for file, index in files]


@pytest.fixture(scope="module")
def shots(stills: list[Image]) -> list[Image]:
    """Four shots, each a slow pan over another still."""
    return [
        view(picture, index / 25, pan=0.03, size=(320, 180))
        for picture, length in zip(stills, LENGTHS, strict=True)
        for index in range(length)
    ]


@pytest.mark.parametrize("rate", [Fraction(10), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)])
@pytest.mark.parametrize("detector", ["adaptive", "content"])
def test_cuts_are_found_at_their_frame(detector: str, rate: Fraction, shots: list[Image], tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", shots, base=1 / rate)
    frames = [(round(start * rate), round(end * rate)) for start, end in scenes_of(path, detector=detector)]
    assert frames == [(0, 40), (40, 73), (73, 94), (94, 144)]


def test_fixed_finds_none(shots: list[Image], tmp_path: Path) -> None:
    assert len(scenes_of(film(tmp_path / "a.mp4", shots), detector="fixed")) == 1


def test_a_high_threshold_finds_less(shots: list[Image], tmp_path: Path) -> None:
    assert len(scenes_of(film(tmp_path / "a.mp4", shots), detector="content", threshold=100)) == 1


def test_a_fast_pan_is_no_cut(stills: list[Image], tmp_path: Path) -> None:
    pictures = [view(stills[0], index / 25, pan=0.3, size=(320, 180)) for index in range(60)]
    assert len(scenes_of(film(tmp_path / "a.mp4", pictures))) == 1


def test_noise_is_no_cut(stills: list[Image], tmp_path: Path) -> None:
    noise, scene = np.random.default_rng(1), view(stills[0], 1.0, size=(320, 180))
    pictures = [np.clip(scene + noise.normal(0, 12, scene.shape), 0, 255).astype(np.uint8) for _ in range(60)]
    assert len(scenes_of(film(tmp_path / "a.mp4", pictures))) == 1


@pytest.fixture(scope="module")
def scenes(videos: Path) -> Callable[[str], Found]:
    """Scenes of a real video with the defaults, read the first time it is asked for."""
    return cache(lambda name: (scenes_of(videos / name), 1 / probe(str(videos / name)).fps))


@pytest.fixture(scope="module")
def known(videos: Path) -> dict[str, list[float]]:
    """Cuts found by eye, in seconds."""
    with (videos / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row["cuts"] for row in csv.DictReader(file)}
    return {name: [float(cut) for cut in cuts.split(";") if cut != "none"] for name, cuts in rows.items() if cuts}


CUT = ["samples__chrome.mp4", "torchcodec__nasa_13013.mp4", "moviepy__trailer_bbb.mp4", "traps/samples__chrome.ogv"]
WHOLE = [
    "learning-area__crystal.mp4",
    "media__hdr10-av1.mp4",
    "moviepy__fire2.mp4",
    "moviepy__chaplin.mp4",
    "io__small.mp4",
    "shared-assets__flower.webm",
]


@pytest.mark.parametrize("name", CUT)
def test_every_real_cut_is_found_within_a_frame(
    name: str, scenes: Callable[[str], Found], known: dict[str, list[float]]
) -> None:
    found, frame = scenes(name)
    for cut in known[name]:
        assert any(abs(start - cut) <= frame for start, _ in found), cut
        assert any(abs(end - cut) <= frame for _, end in found), cut


@pytest.mark.parametrize("name", CUT)
def test_nothing_else_is_taken_for_a_cut(name: str, scenes: Callable[[str], Found], known: dict[str, list[float]]) -> None:
    """Two scenes that touch without a cut would be a shot torn apart; around black and dissolves they do not touch."""
    found, frame = scenes(name)
    touching = [end for (_, end), (start, _) in pairwise(found) if end == start]
    assert all(any(abs(cut - touch) <= frame for cut in known[name]) for touch in touching)


@pytest.mark.parametrize("name", WHOLE)
def test_shots_without_cuts_stay_whole(name: str, scenes: Callable[[str], Found]) -> None:
    assert len(scenes(name)[0]) == 1


def test_black_belongs_to_no_scene(scenes: Callable[[str], Found]) -> None:
    """The trailer fades through black at 10.0, 14.04, 32.0 and 51.8 seconds; the leader ends black after 6 seconds."""
    trailer, _ = scenes("moviepy__trailer_bbb.mp4")
    for black in (10.0, 14.042, 32.0, 51.8):
        assert not [scene for scene in trailer if scene[0] < black - 0.1 and black + 0.1 < scene[1]]
    leader, frame = scenes("ffmpeg-python__in.mp4")
    assert leader[-1][1] <= 6.006 + frame

"""Every signal has its sentence, its unit and its range, and real clips keep to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.scan.params import SCORES
from pipelines.scan.shrink import Image
from pipelines.scan.signals import SIGNALS
from tests.conftest import ROOT
from tests.support.moves import film, still, view
from tests.support.scans import Scanned, scan_file

VIDEOS = (
    "moviepy__trailer_bbb.mp4",
    "shared-assets__tears-of-steel-battle-clip-medium.webm",
    "learning-area__crystal.mp4",
    "torchcodec__nasa_13013.mp4",
    "gradio__a.mp4",
    "samples__chrome.mp4",
)

OF_ONE_CLIP = tuple(name for name in SIGNALS if name != "duplicate")
"""Whether a clip is a copy only the whole library tells."""


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return still(videos / "sam2__05_default_juggle.mp4")


@pytest.mark.parametrize("name", SIGNALS)
def test_each_says_what_it_is(name: str) -> None:
    signal = SIGNALS[name]
    assert signal.unit and len(signal.meaning.split()) > 3
    assert signal.high is None or signal.low < signal.high
    assert f"| `{name}` | {signal.range} | {signal.meaning} |" in (ROOT / "README.md").read_text("utf-8")


def test_ranges_read_well() -> None:
    assert SIGNALS["contrast"].range == "0–0.5, share"
    assert SIGNALS["duration"].range == "0 up, seconds"


@pytest.mark.parametrize("video", VIDEOS)
def test_every_clip_has_every_signal_within_its_range(video: str, scanned: Callable[[str], Scanned]) -> None:
    clips = scanned(video).clips
    assert clips
    for clip in clips:
        values = {score.name: score.value for score in clip.measured.scores}
        assert set(values) == set(OF_ONE_CLIP) <= set(SCORES)
        for name in OF_ONE_CLIP:
            value, signal = values[name], SIGNALS[name]
            assert value is not None and signal.low <= value <= (np.inf if signal.high is None else signal.high), name


def test_signals_tell_real_clips_apart(scanned: Callable[[str], Scanned]) -> None:
    """None of them is a constant; only black frames end a scene before they come into a clip."""
    found = {name: {value for video in VIDEOS for value in scanned(video).score(name)} for name in OF_ONE_CLIP}
    assert [name for name, values in found.items() if len(values) < 2] == ["black"]


def test_all_resolutions_of_a_film_give_the_same_sharpness_and_colours(lawn: Image, tmp_path: Path) -> None:
    """Encoded, so that the decoder's planes and the sampler's shrinking are part of it."""
    found = []
    for size in ((640, 360), (1280, 720), (1920, 1080)):
        pictures = [view(cv2.resize(lawn, (3840, 2160)), index / 10, pan=0.05, size=size) for index in range(13)]
        found.append(scan_file(film(tmp_path / f"{size[1]}.mp4", pictures), tmp_path / "out", min_s=1, max_s=2))
    for name in ("sharpness", "contrast", "saturation", "brightness"):
        values = [value for one in found for value in one.score(name)]
        assert len(values) == 3
        assert max(values) <= 1.1 * min(values), (name, values)
    assert len({text.split(", ")[0] for one in found for text in one.facts("colours")}) == 1


def test_dark_and_frozen_stretches_are_shares_of_the_clip(lawn: Image, tmp_path: Path) -> None:
    scene = [view(lawn, index / 10, pan=0.1) for index in range(20)]
    night = [np.full_like(scene[0], 4)] * 10
    held = [scene[-1]] * 10
    path = film(tmp_path / "a.mp4", [*scene, *held, *night])
    found = scan_file(path, tmp_path / "out", min_s=2, max_s=8, detector="fixed", black_below=0, transitions=False)
    assert found.score("black") == pytest.approx([0.25], abs=0.03)
    assert found.score("frozen") == pytest.approx([18 / 39], abs=0.06)

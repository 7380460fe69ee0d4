"""EasyAnimate's motion score, against its formula written out plainly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipelines import recipe
from pipelines.records import Clip, Material, Video
from pipelines.scan.farneback import interval
from pipelines.scorers.motion_farneback import MotionFarneback
from pipelines.stage import Failed, run_batch
from tests.support.moves import film, still, view
from tests.support.scans import Scanned, material, scan_file


@pytest.fixture(scope="module")
def scorer() -> Iterator[MotionFarneback]:
    ready = MotionFarneback()
    ready.setup()
    yield ready
    ready.close()


def score(scorer: MotionFarneback, clip: Material) -> float:
    (measured,) = scorer.process([clip])
    (found,) = measured.scores
    assert found.name == "motion_farneback" and found.value is not None
    return found.value


def plainly(clip: Clip) -> float:
    """The published formula on the same frames: every int(fps / 2)-th, grey, mean length of the flow, mean over pairs."""
    with av.open(clip.video.path) as container:
        stream = container.streams.video[0]
        every = int(float(stream.average_rate or 0) / 2)
        shown = [f for f in container.decode(stream) if f.pts is not None and clip.start_pts <= f.pts < clip.end_pts]
        grey = [cv2.cvtColor(f.to_ndarray(format="rgb24"), cv2.COLOR_RGB2GRAY) for f in shown[::every]]
    found = []
    for index in range(1, len(grey)):
        flow = cv2.calcOpticalFlowFarneback(grey[index - 1], grey[index], None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]
        found.append(np.sqrt((flow**2).sum(axis=2)).mean())
    return float(np.mean(found))


@pytest.mark.parametrize(
    "name", ["io__small.mp4", "moviepy__chaplin.mp4", "learning-area__crystal.mp4", "media__roadtrip-vp92-10bit.webm"]
)
def test_it_is_the_published_score(name: str, videos: Path, tmp_path: Path, scorer: MotionFarneback) -> None:
    clip = material(scan_file(videos / name, tmp_path, min_s=1, max_s=2.5).clips[-1])  # not at the start of the file
    assert score(scorer, clip) == pytest.approx(plainly(clip.clip), rel=0.01)


def test_a_pan_scores_its_pixels_in_half_a_second(videos: Path, tmp_path: Path, scorer: MotionFarneback) -> None:
    lawn = still(videos / "sam2__05_default_juggle.mp4")
    pictures = [view(lawn, index / 30, pan=15 / 640) for index in range(61)]  # half a pixel a frame
    path = film(tmp_path / "pan.mp4", pictures, base=Fraction(1, 30))
    clip = material(scan_file(path, tmp_path / "out", min_s=1, max_s=4).clips[0])
    assert score(scorer, clip) == pytest.approx(7.5, rel=0.1)


@pytest.mark.parametrize(
    ("fps", "count", "expected"),
    [(30, 300, 15), (29.97, 300, 14), (25, 250, 12), (24, 240, 12), (1.5, 9, 1), (30, 10, 9), (30, 1, 1), (0, 9, 1)],
)
def test_frames_between_two_that_are_compared(fps: float, count: int, expected: int) -> None:
    assert interval(fps, count) == expected


def test_what_cannot_be_read_or_compared_fails_alone(
    scanned: Callable[[str], Scanned], scorer: MotionFarneback, tmp_path: Path
) -> None:
    good = material(scanned("io__small.mp4").clips[0])
    clip = good.clip
    gone = replace(good, clip=replace(clip, video=Video("0" * 64, str(tmp_path / "gone.mp4"), 1, clip.video.info)))
    single = replace(good, clip=Clip(clip.video, clip.start_pts, clip.start_pts + 1, 1))
    first, second, third = run_batch(scorer, [gone, single, good])
    assert isinstance(first, Failed) and first.kind == "not_found"
    assert isinstance(second, Failed) and second.kind == "too_short"
    assert not isinstance(third, Failed)


def test_it_is_off_unless_a_recipe_asks() -> None:
    assert all(stage.name != "motion_farneback" for stage in recipe.load("quickstart").stages())

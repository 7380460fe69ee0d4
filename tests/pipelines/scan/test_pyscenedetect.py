"""The quicker count gives PySceneDetect's own scores and cuts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector

from pipelines.media.opening import frames, open_video
from pipelines.scan.pyscenedetect import QuickAdaptive, QuickContent
from pipelines.scan.shrink import Image, Shrink, Small


def small(path: Path) -> Iterator[Image]:
    """What detectors are shown of a video."""
    with open_video(str(path)) as opened:
        shrink = Shrink((opened.info.width, opened.info.height))
        for frame in frames(opened):
            yield Small(frame, shrink).compare()[1]


@pytest.fixture(scope="module")
def pictures(videos: Path) -> list[Image]:
    """A cartoon with six cuts."""
    return list(small(videos / "samples__chrome.mp4"))[:600]


def told(detector: ContentDetector, pictures: list[Image]) -> tuple[list[float | None], list[int]]:
    """The score of each frame, and the frames found to begin a scene."""
    scores, cuts = [], []
    for index, picture in enumerate(pictures):
        cuts += [cut.frame_num for cut in detector.process_frame(FrameTimecode(index, fps=29.97), picture)]
        scores.append(detector._frame_score)
    return scores, cuts


@pytest.mark.parametrize(
    ("quick", "own"), [(QuickContent, ContentDetector), (QuickAdaptive, AdaptiveDetector)], ids=["content", "adaptive"]
)
def test_scores_and_cuts_are_its_own(
    quick: type[ContentDetector], own: type[ContentDetector], pictures: list[Image]
) -> None:
    scores, cuts = told(quick(min_scene_len=7), pictures)
    own_scores, own_cuts = told(own(min_scene_len=7), pictures)
    assert scores == pytest.approx(own_scores)
    assert cuts == own_cuts != []

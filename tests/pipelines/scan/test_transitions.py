"""Dissolves and fades are found to the frame or nearly so; nothing that moves is taken for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.media.opening import frames, open_video
from pipelines.scan.shrink import Image, Shrink, Small
from pipelines.scan.transitions import Span, Transitions
from tests.support.moves import still, view

SIZE = (160, 90)


@pytest.fixture(scope="module")
def lawn(videos: Path) -> Image:
    return cv2.cvtColor(still(videos / "sam2__05_default_juggle.mp4"), cv2.COLOR_BGR2GRAY)


@pytest.fixture(scope="module")
def blocks(videos: Path) -> Image:
    return cv2.cvtColor(still(videos / "sam2__03_blocks.mp4"), cv2.COLOR_BGR2GRAY)


def found(pictures: Iterable[Image], fps: float) -> list[Span]:
    transitions, spans = Transitions(fps), []
    for index, picture in enumerate(pictures):
        settled = transitions.settled
        told = transitions.feed(index, cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA))
        assert all(first >= settled for first, _ in told)  # nothing before what was said to be settled
        spans += told
    return spans + transitions.finish()


def shot(path: Path, count: int) -> list[Image]:
    """The first frames, in grey and of one size."""
    with open_video(str(path)) as opened:
        pictures = [frame.to_ndarray(format="gray") for frame, _ in zip(frames(opened), range(count), strict=False)]
    return [cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA) for picture in pictures]


def blend(before: Sequence[Image], after: Sequence[Image]) -> list[Image]:
    """The pictures of two shots, of one length, one dissolving into the other."""
    shares = np.linspace(0, 1, len(before) + 2)[1:-1]
    return [cv2.addWeighted(a, 1 - share, b, share, 0) for a, b, share in zip(before, after, shares, strict=True)]


def dark(picture: Image) -> Image:
    return np.full_like(picture, 16)


@pytest.mark.parametrize("fps", [12, 24, 29.97, 60])
@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_every_blended_frame_is_in_the_span_and_few_others(lawn: Image, blocks: Image, fps: float, seconds: float) -> None:
    count, margin = round(seconds * fps), round(fps)
    pictures = [lawn] * margin + blend([lawn] * count, [blocks] * count) + [blocks] * margin
    ((first, end),) = found(pictures, fps)
    assert margin - 0.35 * fps <= first <= margin + 0.02 * count + 1  # a blend of 2 % cannot be seen
    assert margin + 0.98 * count - 1 <= end <= margin + count + 0.35 * fps


def test_shots_may_move_while_they_blend(lawn: Image, blocks: Image) -> None:
    panning = [view(lawn, index / 25, pan=0.02) for index in range(75)]
    zooming = [view(blocks, index / 25, zoom=0.04) for index in range(75)]
    pictures = panning[:50] + blend(panning[50:], zooming[:25]) + zooming[25:]
    ((first, end),) = found(pictures, 25)
    assert 40 <= first <= 53 and 72 <= end <= 85  # the trim leaves out two frames more on each side


@pytest.mark.parametrize("count", [4, 12, 24])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("learning-area__crystal.mp4", "sam2__05_default_juggle.mp4"),
        ("media__hdr10-av1.mp4", "learning-area__crystal.mp4"),
        ("sam2__03_blocks.mp4", "sample-videos__car-detection.mp4"),
    ],
)
def test_real_shots_that_move_while_they_blend(videos: Path, one: str, other: str, count: int) -> None:
    before, after = (shot(videos / name, 90) for name in (one, other))
    pictures = before[:-count] + blend(before[-count:], after[:count]) + after[count:]
    spans = found(pictures, 25)
    assert any(first < 90 and 90 - count < end for first, end in spans), spans
    assert all(90 - count - 10 <= first and end <= 100 for first, end in spans)


@pytest.mark.parametrize("way", [1, -1], ids=["out", "in"])
def test_fades(lawn: Image, way: int) -> None:
    pictures = [lawn] * 25 + blend([lawn] * 20, [dark(lawn)] * 20) + [dark(lawn)] * 15
    ((first, end),) = found(pictures[::way], 25)
    assert (first, end) == pytest.approx((25, 45) if way > 0 else (15, 35), abs=4)


def test_a_fade_that_the_file_ends_in_lasts_to_its_end(lawn: Image) -> None:
    pictures = [lawn] * 25 + blend([lawn] * 20, [dark(lawn)] * 20)
    ((first, end),) = found(pictures, 25)
    assert first == pytest.approx(25, abs=3) and end == 45


def test_cuts_and_flashes_are_no_blends(lawn: Image, blocks: Image) -> None:
    bright = cv2.add(lawn, 90)
    assert found([lawn] * 30 + [blocks] * 30 + [bright] + [blocks] * 30 + [lawn] * 30, 25) == []


def test_light_that_changes_while_the_scene_stays_is_none(lawn: Image) -> None:
    dimmed = cv2.convertScaleAbs(lawn, alpha=0.6, beta=5)
    assert found([lawn] * 25 + blend([lawn] * 25, [dimmed] * 25) + [dimmed] * 25, 25) == []


@pytest.mark.parametrize(
    "move",
    [{way: speed} for way in ("pan", "tilt", "zoom") for speed in (0.003, 0.01, 0.03, 0.1, 0.4)]
    + [{"roll": 1}, {"roll": 20}],
    ids=str,
)
def test_moving_cameras_are_none(lawn: Image, blocks: Image, move: dict[str, float]) -> None:
    for picture in lawn, blocks:
        assert found([view(picture, index / 25, **move) for index in range(50)], 25) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("torchcodec__nasa_13013.mp4", [(5.0, 5.9)]),
        ("samples__chrome.mp4", [(22.1, 22.4), (26.4, 26.9)]),
        ("gradio__a.mp4", [(6.4, 6.966)]),
        ("learning-area__crystal.mp4", []),
        ("media__hdr10-av1.mp4", []),
        ("sample-videos__car-detection.mp4", []),
        ("shared-assets__tears-of-steel-battle-clip-medium.webm", []),
    ],
)
def test_real_videos(videos: Path, name: str, wanted: list[tuple[float, float]]) -> None:
    with open_video(str(videos / name)) as opened:
        shrink, times, pictures = Shrink((opened.info.width, opened.info.height)), [], []
        for frame in frames(opened):
            times.append(opened.info.seconds(frame.pts))
            pictures.append(Small(frame, shrink).compare()[0].copy())
    transitions = Transitions(opened.info.fps)
    spans = [span for index, picture in enumerate(pictures) for span in transitions.feed(index, picture)]
    spans += transitions.finish()
    seconds = [(times[first], [*times, times[-1] + 1 / opened.info.fps][end]) for first, end in spans]
    assert len(seconds) == len(wanted)
    for (first, end), (known_first, known_end) in zip(seconds, wanted, strict=True):
        assert known_first - 0.3 <= first <= known_first + 0.05
        assert known_end - 0.05 <= end <= known_end + 0.3

"""Frames made small: each way gives the same picture."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from pipelines.media.opening import frames, open_video
from pipelines.scan.light import brightness
from pipelines.scan.shrink import Pictures, Shrink, Small, halved


@pytest.mark.parametrize(
    ("size", "longer", "halves"),
    [
        ((640, 360), 320, (320, 180)),
        ((640, 427), 320, (320, 213)),
        ((640, 360), 321, (640, 360)),
        ((1280, 720), 320, (320, 180)),
    ],
)
def test_a_picture_is_halved_as_long_as_enough_is_left(size: tuple[int, int], longer: int, halves: tuple[int, int]) -> None:
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    assert halved(picture, longer).shape == (halves[1], halves[0], 3)


def test_half_a_picture_is_the_mean_of_its_pixels() -> None:
    picture = np.array([[0, 20, 7], [40, 100, 7], [9, 9, 9]], np.uint8)
    assert halved(picture, 1).tolist() == [[40]]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("moviepy__trailer_bbb.mp4", (640, 360)),  # halved by OpenCV
        ("sam2__03_blocks.mp4", (640, 360)),  # other colours
        ("gradio__a.mp4", (640, 360)),  # a third
        ("learning-area__crystal.mp4", (640, 427)),  # an odd share
        ("media__sample_edit_list.mp4", (640, 360)),  # ten bits
    ],
)
def test_each_pixel_is_the_mean_of_those_it_stands_for(name: str, size: tuple[int, int], videos: Path) -> None:
    with open_video(str(videos / name)) as opened:
        frame = [frame for frame, _ in zip(frames(opened), range(60), strict=False)][-1]
        picture = Pictures(size).of(frame)
        truth = cv2.resize(frame.to_ndarray(format="bgr24"), size, interpolation=cv2.INTER_AREA)
    assert picture.shape == truth.shape
    assert np.abs(picture.astype(int) - truth).mean() < 2.5
    edges = [float(cv2.Laplacian(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), cv2.CV_32F).std()) for one in (picture, truth)]
    assert edges[0] == pytest.approx(edges[1], rel=0.1)  # neither blurred nor jagged


@pytest.mark.parametrize("name", ["sam2__03_blocks.mp4", "learning-area__crystal.mp4", "media__sample_edit_list.mp4"])
def test_frames_are_held_side_by_side_in_grey_and_in_half_of_that_in_colour(name: str, videos: Path) -> None:
    with open_video(str(videos / name)) as opened:
        frame = next(iter(frames(opened)))
        luma, bgr = Small(frame, Shrink((opened.info.width, opened.info.height))).compare()
        grey = frame.reformat(format="gray").to_ndarray()
    assert max(luma.shape) == 128 and bgr.shape == (luma.shape[0] // 2, luma.shape[1] // 2, 3)
    assert luma.mean() == pytest.approx(grey.mean(), abs=12)  # full range here, as it is stored there
    assert np.corrcoef(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).ravel(), luma[::2, ::2].ravel())[0, 1] > 0.98


@pytest.mark.parametrize("layout", ["yuv420p", "yuvj420p", "nv12", "yuv420p10le", "p010le"])
def test_the_range_of_light_is_known_and_colours_are_right_in_each(layout: str) -> None:
    dark = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 12, np.uint8), "bgr24")
    for full in (True, False):
        frame = dark.reformat(format=layout, dst_color_range=ColorRange.JPEG if full else ColorRange.MPEG)
        frame.color_range = ColorRange.JPEG if full else ColorRange.MPEG
        small = Small(frame, Shrink((96, 64)))
        assert brightness(small.compare()[0], full_range=small.full_range) == pytest.approx(12 / 255, abs=0.01), layout
        assert Pictures((48, 32)).of(frame).mean() == pytest.approx(12, abs=2), layout
        if layout == "yuvj420p":
            return  # it has no other

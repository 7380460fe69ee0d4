"""Copies of real clips are known again whatever was done to them; other clips are not taken for copies."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipelines import prints
from pipelines.media.opening import frames, open_video
from pipelines.scan.fingerprint import fingerprint

NAMES = (
    "io__small.mp4", "learning-area__crystal.mp4", "moviepy__chaplin.mp4", "sam2__05_default_juggle.mp4",
    "samples__chrome.mp4", "shared-assets__flower.webm", "torchcodec__nasa_13013.mp4",
    "shared-assets__tears-of-steel-battle-clip-medium.webm", "gradio__compliment_bot_screen_recording_3x.mp4",
)  # fmt: skip
ONE_CAMERA = ("opencv__vtest.avi", "sample-videos__bottle-detection.mp4", "sample-videos__car-detection.mp4")
WINDOW_S = 6.0
WIDTH = 480

Picture = np.ndarray


def half_size(bgr: Picture) -> Picture:
    return cv2.resize(bgr, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def cropped(bgr: Picture) -> Picture:
    """4 % less on every side."""
    height, width = bgr.shape[:2]
    return bgr[round(0.04 * height) : round(0.96 * height), round(0.04 * width) : round(0.96 * width)]


def with_logo(bgr: Picture) -> Picture:
    bgr, (height, width) = bgr.copy(), bgr.shape[:2]
    left, top = round(0.86 * width), round(0.04 * height)
    cv2.rectangle(bgr, (left, top), (round(0.97 * width), round(0.12 * height)), (40, 220, 250), -1)
    cv2.putText(bgr, "TV", (left + 4, round(0.11 * height)), cv2.FONT_HERSHEY_SIMPLEX, height / 500, (200, 30, 30), 2)
    return bgr


def paler(bgr: Picture) -> Picture:
    return np.clip(bgr * 0.8 + 40, 0, 255).astype(np.uint8)


def letterboxed(bgr: Picture) -> Picture:
    bar = round(0.12 * bgr.shape[0])
    return cv2.copyMakeBorder(bgr, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))


def everything(bgr: Picture) -> Picture:
    return half_size(paler(with_logo(cropped(bgr))))


CHANGES: tuple[Callable[[Picture], Picture], ...] = (
    lambda bgr: bgr, half_size, cropped, with_logo, paler, letterboxed, everything,
)  # fmt: skip


def sampled(path: Path, windows: int = 1) -> list[list[Picture]]:
    """Four pictures a second of each of the first windows."""
    found: list[list[Picture]] = [[] for _ in range(windows)]
    next_s = 0.0
    with open_video(str(path)) as opened:
        for frame in frames(opened):
            time_s = opened.info.seconds(frame.pts)
            if time_s >= WINDOW_S * windows:
                break
            if time_s >= next_s - 1e-4:
                height = round(WIDTH * frame.height / frame.width / 2) * 2
                found[int((time_s + 1e-4) // WINDOW_S)].append(frame.reformat(WIDTH, height, format="bgr24").to_ndarray())
                next_s += 0.25
    return [window for window in found if len(window) > 8]


def encoded(pictures: list[Picture], path: Path) -> list[Picture]:
    """Written as a poor H.264 file and read again."""
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=4, options={"crf": "36", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), "bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 4)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_video(str(path)) as opened:
        return [frame.reformat(format="bgr24").to_ndarray() for frame in frames(opened)]


def made(pictures: list[Picture]) -> prints.Prints:
    """Of one picture a second, as the scan takes them."""
    value = fingerprint(pictures[::4])
    assert value is not None and len(value) == 384
    return prints.load([bytes.fromhex(value)])


def apart(one: prints.Prints, other: prints.Prints) -> tuple[float, float]:
    look, change = prints.compare(one, other)
    return look[0], change[0]


def found_by(one: prints.Prints, other: prints.Prints) -> bool:
    """Whether the copy leads to the first."""
    kept = {int(word) for word in prints.words(one).ravel() if word >= 0}
    return not kept.isdisjoint(prints.likely_words(other).ravel().tolist())


@pytest.fixture(scope="module")
def clips(videos: Path) -> dict[str, list[Picture]]:
    return {name: sampled(videos / name)[0] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_copy_is_found_and_known_again(clips: dict[str, list[Picture]], tmp_path: Path, name: str) -> None:
    original = made(clips[name])
    for number, change in enumerate(CHANGES):
        copy = made(encoded([change(picture) for picture in clips[name]], tmp_path / f"{number}.mp4"))
        look, changed = apart(original, copy)
        assert prints.alike(*prints.compare(original, copy))[0], (change.__name__, look, changed)
        assert found_by(original, copy), change.__name__


def test_a_copy_cut_a_little_later_is_known_again(clips: dict[str, list[Picture]]) -> None:
    for name in set(NAMES) - {"shared-assets__tears-of-steel-battle-clip-medium.webm"}:  # all is elsewhere a moment later
        original, later = made(clips[name]), made(clips[name][1:])
        assert prints.alike(*prints.compare(original, later))[0], name


def test_other_clips_stay_far_apart(clips: dict[str, list[Picture]]) -> None:
    all_made = {name: made(pictures) for name, pictures in clips.items()}
    nearest = min(apart(all_made[one], all_made[other])[0] for one, other in combinations(NAMES, 2))
    assert nearest > prints.MOST_LOOK + 2


@pytest.mark.parametrize("name", ONE_CAMERA)
def test_what_one_camera_saw_later_is_no_copy(videos: Path, name: str) -> None:
    windows = [made(window) for window in sampled(videos / name, windows=4)]
    assert len(windows) == 4
    for one, other in pairwise(windows):
        assert not prints.alike(*prints.compare(one, other))[0], apart(one, other)


def test_dark_pictures_are_told_apart_and_plain_ones_are_not_tried(clips: dict[str, list[Picture]]) -> None:
    dark = [[(picture * 0.25).astype(np.uint8) for picture in clips[name]] for name in NAMES[:3]]
    for one, other in combinations([made(pictures) for pictures in dark], 2):
        assert not prints.alike(*prints.compare(one, other))[0]
    assert prints.alike(*prints.compare(made(dark[0]), made(clips[NAMES[0]])))[0]
    grey = np.full((270, 480, 3), 90, np.uint8)
    noise = np.random.default_rng(1).normal(0, 8, (5, 270, 480, 3))
    assert fingerprint([grey] * 5) is None
    assert fingerprint([np.clip(grey + one, 0, 255).astype(np.uint8) for one in noise]) is None
    assert fingerprint([]) is None

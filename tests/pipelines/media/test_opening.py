"""Every real video is read to its last frame, from any place in it; what is no video is refused with a sentence."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipelines.errors import Refused
from pipelines.media.opening import frames, libraries, open_video, probe, probe_file
from pipelines.records import VideoInfo
from pipelines.wire import load
from tests.support.scans import Scanned, shown

NAMES = [
    "sample-videos__car-detection.mp4", "sample-videos__bottle-detection.mp4", "shared-assets__flower.webm",
    "learning-area__crystal.mp4", "sam2__05_default_juggle.mp4", "sam2__03_blocks.mp4", "moviepy__trailer_bbb.mp4",
    "samples__chrome.mp4", "torchcodec__nasa_13013.mp4", "moviepy__fire2.mp4", "media__hdr10-av1.mp4",
    "media__roadtrip-vp92-10bit.webm", "media__sample_edit_list.mp4", "gradio__a.mp4",
    "gradio__compliment_bot_screen_recording_3x.mp4", "opencv__vtest.avi", "ffmpeg-python__in.mp4", "io__small.mp4",
    "moviepy__chaplin.mp4", "shared-assets__tears-of-steel-battle-clip-medium.webm", "traps/decord__corrupted.mp4",
    "traps/moviepy__no_duration.webm", "traps/media__sample.flv", "traps/samples__chrome.ogv",
]  # fmt: skip
READ_FURTHER = {"traps/decord__corrupted.mp4": 49, "traps/samples__chrome.ogv": 773}
"""Damaged files of which a strict reader gives fewer frames."""


@pytest.fixture(scope="module")
def index(videos: Path) -> dict[str, dict[str, str]]:
    with (videos / "index.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_all_of_them_are_tried(index: dict[str, dict[str, str]]) -> None:
    assert {*NAMES, "traps/io__gs-16b-2c-44100hz.mp4"} == set(index)


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_is_read(name: str, index: dict[str, dict[str, str]], scanned: Callable[[str], Scanned]) -> None:
    assert scanned(name).end["frames"] == READ_FURTHER.get(name, int(index[name]["frames"]))


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_of_the_stream(name: str, index: dict[str, dict[str, str]], videos: Path) -> None:
    info, row = probe(str(videos / name)), index[name]
    assert info.codec == row["codec"]
    assert (info.width, info.height) == (int(row["width"]), int(row["height"]))
    if info.sample_aspect == 1:
        assert "x".join(map(str, info.display_size)) == row["display_size"]
    assert info.rotation == -float(row["rotation"]) % 360
    assert info.pixel_format == row["pix_fmt"]
    assert info.sample_aspect == (1 if row["sar"] == "None" else Fraction(row["sar"]))
    assert info.has_audio == bool(row["audio"])
    assert float(info.first_pts * info.time_base) == pytest.approx(float(row["first_pts"]), abs=0.001)
    if name != "traps/media__sample.flv":  # it claims 1000 frames a second
        assert info.fps == pytest.approx(float(row["fps"]), abs=0.01)


def test_a_rate_that_no_camera_has_is_not_believed(videos: Path) -> None:
    assert 20 < probe(str(videos / "traps/media__sample.flv")).fps <= 60


def test_hdr_is_known(videos: Path) -> None:
    assert {name for name in NAMES[:14] if probe(str(videos / name)).hdr} == {
        "media__hdr10-av1.mp4", "media__sample_edit_list.mp4",
    }  # fmt: skip


def test_pixels_that_are_not_square_are_made_so(videos: Path) -> None:
    info = probe(str(videos / "shared-assets__tears-of-steel-battle-clip-medium.webm"))
    assert ((info.width, info.height), info.display_size) == ((800, 332), (798, 332))


def test_the_edit_list_is_respected(scanned: Callable[[str], Scanned]) -> None:
    """86 frames are stored, 77 are shown."""
    end = scanned("media__sample_edit_list.mp4").end
    assert (end["frames"], end["seconds"]) == (77, pytest.approx(2.55, abs=0.05))


@pytest.mark.parametrize("name", ["samples__chrome.mp4", "shared-assets__flower.webm", "traps/samples__chrome.ogv"])
def test_times_only_grow(name: str, videos: Path) -> None:
    times = shown(videos / name)
    assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    "name",
    [
        "io__small.mp4",
        "media__sample_edit_list.mp4",
        "shared-assets__flower.webm",
        "media__roadtrip-vp92-10bit.webm",
        "torchcodec__nasa_13013.mp4",
        "ffmpeg-python__in.mp4",
        "traps/media__sample.flv",
        "traps/moviepy__no_duration.webm",
    ],
)
def test_reading_from_the_middle_gives_the_same_frames(name: str, videos: Path) -> None:
    with open_video(str(videos / name)) as opened:
        everything = [(frame.pts, small(frame)) for frame in frames(opened)]
    for share in (0.0, 0.37, 0.9):
        at = int(share * len(everything))
        expected = everything[at : at + 3]
        with open_video(str(videos / name)) as opened:
            found = [(frame.pts, small(frame)) for frame in islice(frames(opened, everything[at][0]), 3)]
        assert [pts for pts, _ in found] == [pts for pts, _ in expected]
        assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(found, expected, strict=True))


def small(frame: Any) -> np.ndarray:
    picture: np.ndarray = frame.reformat(160, 90, format="gray").to_ndarray()
    return picture


def test_the_stream_that_players_show_is_chosen(videos: Path) -> None:
    info = probe(str(videos / "torchcodec__nasa_13013.mp4"))
    assert (info.stream, info.width) == (3, 480)


def test_damage_is_counted(videos: Path) -> None:
    with open_video(str(videos / "traps/decord__corrupted.mp4")) as opened:
        assert sum(1 for _ in frames(opened)) == 49
        assert opened.bad_packets == 1
        assert not opened.is_noise


def test_probing_in_a_child_tells_the_same(videos: Path) -> None:
    path = str(videos / "io__small.mp4")
    (answer,) = probe_file({"path": path})
    assert load(VideoInfo, answer) == probe(path)


def video(path: Path, start: int, options: dict[str, str]) -> list[int]:
    """Ten frames with B-frames from tick `start` on, at 25 a second; the times the file itself gives."""
    with av.open(str(path), "w", options=options) as out:
        stream = out.add_stream("libx264", rate=25, options={"bf": "2"})
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 64, "yuv420p", Fraction(1, 25)
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number * 20, np.uint8), format="rgb24")
            frame.pts, frame.time_base = start + number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return shown(path)


def test_a_start_below_zero_is_second_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    times = video(path, -10, {"avoid_negative_ts": "disabled"})
    info = probe(str(path))
    assert times[0] == info.first_pts < 0
    assert [info.seconds(pts) for pts in times] == pytest.approx([number / 25 for number in range(10)], abs=1e-9)


def test_a_late_start_is_second_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    times = video(path, 5000, {})
    info = probe(str(path))
    assert info.seconds(times[0]) == 0
    assert info.seconds(times[-1]) == pytest.approx(9 / 25, abs=0.001)
    assert float(info.first_pts * info.time_base) == pytest.approx(200, abs=0.001)


def no_frames(path: Path) -> None:
    """A proper file of which everything behind the header is gone."""
    whole = path.with_name("whole.mp4")
    video(whole, 0, {"movflags": "faststart"})
    data = whole.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 4] + bytes(2000))


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "empty_file"),
    "text": (lambda path: path.write_text("this is a text\n" * 100), "not_a_video"),
    "zeros": (lambda path: path.write_bytes(bytes(100_000)), "not_a_video"),
    "folder": (lambda path: path.mkdir(), "not_regular_file"),
    "pipe": (os.mkfifo, "not_regular_file"),
    "nothing": (lambda path: None, "not_found"),
    "loop": (lambda path: path.symlink_to(path), "not_found"),
    "playlist": (lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "not_a_video"),
    "only a header": (no_frames, "no_decodable_frames"),
}


@pytest.mark.parametrize(("make", "kind"), BAD.values(), ids=BAD.keys())
def test_what_is_no_video_is_refused(make: Callable[[Path], object], kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    make(path)
    with pytest.raises(Refused) as refusal:
        probe(str(path))
    assert refusal.value.kind == kind
    assert len(str(refusal.value).split()) > 4


def test_sound_alone_is_refused(videos: Path) -> None:
    with pytest.raises(Refused, match="no video stream") as refusal:
        probe(str(videos / "traps/io__gs-16b-2c-44100hz.mp4"))
    assert refusal.value.kind == "no_video"


def test_a_cut_off_file_is_refused_or_read_as_far_as_it_goes(videos: Path, tmp_path: Path) -> None:
    """Without its index (at the end) an MP4 cannot be read; with it (in front) it can, up to where it ends."""
    data = (videos / "io__small.mp4").read_bytes()
    path = tmp_path / "a.mp4"
    path.write_bytes(data[: len(data) // 2])
    index_first = data.index(b"moov") < data.index(b"mdat")
    if index_first:
        assert 0 < len(shown(path)) < 166
    else:
        with pytest.raises(Refused):
            probe(str(path))


def test_the_libraries_are_named() -> None:
    (versions,) = libraries({})
    assert versions["libavcodec"][0] >= 61

"""Copies show exactly the frames of the clip, pixel for pixel, or are not made."""

from __future__ import annotations

import hashlib
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipelines.errors import Refused
from pipelines.kinds import Cutting
from pipelines.media import copy
from pipelines.media.copy import copy_item
from pipelines.media.cut import cut_clips
from pipelines.media.item import Item
from pipelines.media.opening import frames, open_video
from pipelines.records import Clip
from tests.support.stretches import boxes, clip_of, written_pictures

COPIED = [
    ("sample-videos__car-detection.mp4", 0.0, 1.0),  # no B-frames, one reference
    ("sample-videos__car-detection.mp4", 4.8, 12.0),  # from a keyframe in the middle, over another one
    ("samples__chrome.mp4", 7.44, 8.0),
    ("ffmpeg-python__in.mp4", 5.0, 99.0),  # up to the last frame
    ("learning-area__crystal.mp4", 5.0, 6.0),
    ("moviepy__trailer_bbb.mp4", 0.0, 0.41),  # B-frames; the last frame is one that others lean on
    ("moviepy__trailer_bbb.mp4", 10.41, 14.12),  # B-frames, from one keyframe to the next
    ("sam2__05_default_juggle.mp4", 0.0, 99.0),  # B-frames up to the end of the file
    ("torchcodec__nasa_13013.mp4", 0.0, 8.0),  # the second video stream of two
    ("traps/media__sample.flv", 0.0, 99.0),  # starts at 0.07 s
]


def item_of(clip: Clip, dest: Path) -> Item:
    return Item(clip.start_pts, clip.end_pts, str(dest), clip.frames)


def copied(clip: Clip, dest: Path, audio_bits: int | None = None) -> dict[str, Any]:
    with open_video(clip.video.path) as opened:
        return copy_item(opened, item_of(clip, dest), audio_bits)


def shown(path: Path) -> list[tuple[Fraction, str]]:
    """Seconds and pixels of every frame, as any reader decodes it."""
    with av.open(str(path)) as container:
        return [(frame.pts * frame.time_base, pixels(frame)) for frame in container.decode(video=0)]


def shown_by_source(clip: Clip) -> list[tuple[Fraction, str]]:
    """The same of the clip's frames in its source, read from the beginning: no seeking, no keyframes."""
    info, found = clip.video.info, []
    with av.open(clip.video.path) as container:
        for frame in container.decode(container.streams[info.stream]):
            if clip.start_pts <= frame.pts < clip.end_pts:
                found.append(((frame.pts - clip.start_pts) * info.time_base, pixels(frame)))
            elif frame.pts > clip.end_pts:
                break
    assert len(found) == clip.frames
    return found


def pixels(frame: Any) -> str:
    return hashlib.md5(frame.to_ndarray()).hexdigest()


def cut(clip: Clip, dest: Path, **options: Any) -> dict[str, Any]:
    items = [{"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames, "dest": str(dest)}]
    (answer,) = cut_clips({"path": clip.video.path, "items": items, "options": options})
    return answer


def made(path: Path, *options: str, look: str = "testsrc2=size=128x96:rate=25:duration=3") -> Path:
    """A film of 75 frames that any encoder may have made."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", look, "-pix_fmt", "yuv420p"]
    subprocess.run([*command, *options, str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def h264(path: Path, params: str, *options: str, **looks: str) -> Path:
    return made(path, "-c:v", "libx264", "-x264-params", params, *options, **looks)


@pytest.mark.parametrize(("name", "start_s", "end_s"), COPIED)
def test_a_copy_shows_the_pixels_of_the_source(
    name: str, start_s: float, end_s: float, videos: Path, tmp_path: Path
) -> None:
    clip = clip_of(videos / name, start_s, end_s)
    dest = tmp_path / "0.mp4"
    answer = copied(clip, dest)
    assert (answer["dest"], answer["frames"], answer["bytes"]) == (str(dest), clip.frames, dest.stat().st_size)
    assert answer["copied"] and (answer["width"], answer["height"]) == clip.video.info.display_size
    assert shown(dest) == shown_by_source(clip)
    assert [path.name for path in tmp_path.iterdir()] == ["0.mp4"]


@pytest.mark.parametrize("end", range(1, 75))
def test_wherever_a_clip_ends_it_is_copied_exactly_or_not_at_all(end: int, pyramid: Path, tmp_path: Path) -> None:
    clip = clip_of(pyramid, 0.0, end / 25 - 0.01)
    assert clip.frames == end
    try:
        copied(clip, tmp_path / "0.mp4")
    except Refused:
        assert end % 25 not in (0, 1)  # whatever lies between, a keyframe needs nothing of what follows
        assert not list(tmp_path.iterdir())
        return
    assert shown(tmp_path / "0.mp4") == shown_by_source(clip)


@pytest.fixture(scope="module")
def pyramid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """B-frames that lean on B-frames; a keyframe every second."""
    path = tmp_path_factory.mktemp("made") / "pyramid.mkv"
    return h264(path, "bframes=5:b-pyramid=normal:keyint=25:min-keyint=25:scenecut=0:open-gop=0")


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "flv", "avi", "mov"])
def test_every_container_will_do(ending: str, tmp_path: Path) -> None:
    source = h264(tmp_path / f"in.{ending}", "bframes=0:keyint=25:min-keyint=25:scenecut=0")
    clip = clip_of(source, 0.99, 1.99)
    assert clip.frames == 25
    copied(clip, tmp_path / "0.mp4")
    assert shown(tmp_path / "0.mp4") == shown_by_source(clip)


@pytest.mark.parametrize("second", ["bframes=0:cabac=0:ref=4:keyint=25", "bframes=0:keyint=25:aud=1"])
def test_a_film_glued_from_two_encoders_is_copied_exactly(second: str, tmp_path: Path) -> None:
    """The second half brings its own parameters, which the head of the file does not know."""
    parts = [
        h264(tmp_path / "one.ts", "bframes=0:keyint=25:ref=1"),
        h264(tmp_path / "two.ts", second, "-output_ts_offset", "3"),
    ]
    source = tmp_path / "glued.ts"
    source.write_bytes(parts[0].read_bytes() + parts[1].read_bytes())
    clip = clip_of(source, 2.99, 99)
    assert clip.frames == 75
    assert cut(clip, tmp_path / "0.mp4")["copied"]
    assert shown(tmp_path / "0.mp4") == shown_by_source(clip)


def test_a_copy_plays_from_zero_for_as_long_as_the_clip_lasts(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "moviepy__trailer_bbb.mp4", 10.41, 14.12)
    copied(clip, tmp_path / "0.mp4")
    with open_video(str(tmp_path / "0.mp4")) as opened:
        assert opened.info.first_pts == 0
        assert opened.info.duration_s == pytest.approx(clip.duration_s, abs=1e-3)
        assert opened.info.fps == pytest.approx(clip.video.info.fps, abs=0.01)
        opened.container.seek(0)
        times = [(packet.pts, packet.dts) for packet in opened.container.demux(opened.stream) if packet.size]
    assert all(shown >= decoded for shown, decoded in times)
    assert [decoded for _, decoded in times] == sorted({decoded for _, decoded in times})
    data = (tmp_path / "0.mp4").read_bytes()
    edit = data.index(b"elst") + 4
    assert data[edit + 12 : edit + 16] == bytes(4)  # plays from the first tick of the media
    assert (order := boxes(tmp_path / "0.mp4")).index("moov") < order.index("mdat")


def test_another_reader_sees_the_same(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "moviepy__trailer_bbb.mp4", 0.0, 0.41)
    copied(clip, tmp_path / "0.mp4")
    reader = cv2.VideoCapture(str(tmp_path / "0.mp4"))
    seen = 0
    while reader.read()[0]:
        seen += 1
    assert (seen, reader.get(cv2.CAP_PROP_FRAME_COUNT)) == (clip.frames, clip.frames)
    assert reader.get(cv2.CAP_PROP_FPS) == pytest.approx(clip.video.info.fps, abs=0.01)


def test_an_uneven_rhythm_is_kept_to_the_tick(tmp_path: Path) -> None:
    uneven = "settb=1/1000,setpts='(N+mod(N\\,3)*0.4)/25/TB'"
    source = h264(
        tmp_path / "in.mkv",
        "bframes=2:keyint=25:scenecut=0",
        "-vf",
        uneven,
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "1:1000",
    )
    clip = clip_of(source, 0.0, 99)
    copied(clip, tmp_path / "0.mp4")
    with av.open(str(tmp_path / "0.mp4")) as container:
        ours = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    with open_video(str(source)) as opened:
        theirs = [(frame.pts - clip.start_pts) * opened.info.time_base for frame in frames(opened)]
    assert len({later - earlier for earlier, later in pairwise(theirs)}) > 1
    assert ours == theirs


def test_copying_again_gives_the_same_bytes(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 7.44, 8.0)
    for name in ("one.mp4", "two.mp4"):
        assert cut(clip, tmp_path / name, audio=True)["copied"]
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_sound_comes_along_when_asked_for(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 7.44, 8.44)
    for name, plain in (("copied.mp4", True), ("encoded.mp4", False)):
        cut(clip, tmp_path / name, audio=True, untouched=plain)
    assert np.array_equal(_sound(tmp_path / "copied.mp4"), _sound(tmp_path / "encoded.mp4"))
    cut(clip, tmp_path / "silent.mp4")
    with av.open(str(tmp_path / "silent.mp4")) as container:
        assert not container.streams.audio


REFUSED = [
    ("moviepy__fire2.mp4", "turned"),
    ("media__hdr10-av1.mp4", "av1"),
    ("media__roadtrip-vp92-10bit.webm", "vp9"),
    ("shared-assets__flower.webm", "vp8"),
    ("opencv__vtest.avi", "msmpeg4"),
    ("media__sample_edit_list.mp4", "hevc"),
]


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_what_an_encoder_has_to_change_is_not_copied(name: str, why: str, videos: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=why):
        copied(clip_of(videos / name, 0.0, 0.5), tmp_path / "0.mp4")
    assert not list(tmp_path.iterdir())


MADE_REFUSED = [
    ("-pix_fmt yuv420p10le", "yuv420p10le"),
    ("-pix_fmt yuv444p", "yuv444p"),
    ("-vf crop=127:95,format=yuv444p -pix_fmt yuv444p", "yuv444p"),
    ("-vf setsar=4/3", "stretched"),
    ("-color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc", "colours"),
    ("-colorspace bt2020nc", "colours"),
    ("-pix_fmt yuvj420p", "yuvj420p"),
]


@pytest.mark.parametrize(("options", "why"), MADE_REFUSED)
def test_unusual_pictures_are_not_copied(options: str, why: str, tmp_path: Path) -> None:
    source = h264(tmp_path / "in.mp4", "keyint=25", *options.split())
    with pytest.raises(Refused, match=why):
        copied(clip_of(source, 0.0, 99), tmp_path / "0.mp4")


def test_a_file_without_times_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = h264(tmp_path / "in.h264", "keyint=25")
    with pytest.raises(Refused, match="clock is finer"):
        copied(clip_of(source, 0.0, 1.0), tmp_path / "0.mp4")
    monkeypatch.setattr(copy, "FINEST_TICK", Fraction(0))
    with pytest.raises(Refused, match="cannot be taken over"):  # there is no seeking without times
        copied(clip_of(source, 0.0, 1.0), tmp_path / "0.mp4")


def test_a_clip_that_begins_behind_a_keyframe_is_not_copied(videos: Path, tmp_path: Path) -> None:
    for start_s in (0.05, 4.85, 4.7):
        with pytest.raises(Refused, match="no keyframe is its first frame"):
            copied(clip_of(videos / "sample-videos__car-detection.mp4", start_s, 6.0), tmp_path / "0.mp4")


def test_a_point_of_entry_that_leans_on_what_came_before_is_no_keyframe(tmp_path: Path) -> None:
    source = h264(tmp_path / "in.mkv", "bframes=3:keyint=25:min-keyint=25:scenecut=0:open-gop=1")
    with av.open(str(source)) as container:
        entries = [packet.pts for packet in container.demux(video=0) if packet.size and packet.is_keyframe]
    assert len(entries) > 1
    clip = clip_of(source, 0.0, 99)
    with open_video(str(source)) as opened:
        for pts in entries[1:]:
            with pytest.raises(Refused, match="keyframe"):
                copy_item(opened, Item(pts, clip.end_pts, str(tmp_path / "0.mp4"), 20), None)


def test_a_copy_that_shows_anything_else_is_thrown_away(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check that decodes it knows a lost frame, a wrong time and a wrong picture."""
    clip, dest = clip_of(videos / "sample-videos__car-detection.mp4", 0.0, 1.0), tmp_path / "0.mp4"
    packets, write = copy._its_packets, copy._write

    def shifted(part: Path, opened: Any, item: Item, *others: Any) -> None:
        write(part, opened, Item(item.start_pts - 500, item.end_pts, item.dest), *others)

    def other_start(opened: Any, item: Item) -> list[Any]:
        """The packets of the second keyframe on, with the times of the first."""
        later = packets(opened, Item(clip.start_pts + 120_000, clip.end_pts + 120_000, item.dest, item.frames))
        for packet in later:
            packet.pts -= 120_000
        return later

    with monkeypatch.context() as patched, pytest.raises(Refused, match="other frames"):
        patched.setattr(copy, "_its_packets", lambda opened, item: packets(opened, item)[:-1])
        copied(clip, dest)
    with monkeypatch.context() as patched, pytest.raises(Refused, match="other times"):
        patched.setattr(copy, "_write", shifted)
        copied(clip, dest)
    with monkeypatch.context() as patched, pytest.raises(Refused, match="other pictures"):
        patched.setattr(copy, "_its_packets", other_start)
        copied(clip, dest)
    assert not list(tmp_path.iterdir())


def test_the_rest_is_encoded_and_nothing_is_lost(videos: Path, tmp_path: Path) -> None:
    path = videos / "moviepy__trailer_bbb.mp4"
    clips = [clip_of(path, *span) for span in ((10.41, 14.12), (0.1, 0.3), (24.708, 25.0))]
    items = [
        {"start_pts": c.start_pts, "end_pts": c.end_pts, "frames": c.frames, "dest": str(tmp_path / f"{i}.mp4")}
        for i, c in enumerate(clips)
    ]
    answers = list(cut_clips({"path": str(path), "items": items, "options": {}}))
    assert {Path(answer["dest"]).stem: answer.get("copied", False) for answer in answers} == {
        "0": True,
        "1": False,
        "2": False,
    }
    assert [len(written_pictures(tmp_path / f"{i}.mp4")) for i in range(3)] == [clip.frames for clip in clips]


def test_copying_can_be_turned_off_and_is_told_apart(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "sample-videos__car-detection.mp4", 0.0, 1.0)
    assert "copied" not in cut(clip, tmp_path / "0.mp4", untouched=False)
    assert Cutting(untouched=False).digest() != Cutting(untouched=True).digest()


def test_a_damaged_video_is_not_copied_into_a_training_set(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "traps" / "decord__corrupted.mp4", 0.0, 99)
    answer = cut(clip, tmp_path / "0.mp4")
    assert "copied" not in answer
    assert answer["frames"] == clip.frames


def _sound(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


@pytest.mark.parametrize("change", [{"codec": "hevc"}, {"short_side": 96}, {"fps": 25}, {"frames": "4n+1"}])
def test_what_has_to_look_otherwise_is_never_copied(change: dict[str, Any], videos: Path, tmp_path: Path) -> None:
    answer = cut(clip_of(videos / "sample-videos__car-detection.mp4", 0.0, 0.8), tmp_path / "0.mp4", **change)
    assert "copied" not in answer and "reason" not in answer

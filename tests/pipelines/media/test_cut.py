"""Cuts hold exactly the clip's frames, upright, in their rhythm, the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipelines.errors import Fatal, Refused
from pipelines.media import encode
from pipelines.media.cut import cut_clips
from pipelines.media.opening import open_video
from pipelines.records import Clip
from tests.conftest import ROOT
from tests.support.stretches import boxes, clip_of, psnr, source_pictures, written_pictures


def cut(*clips: Clip, into: Path, **options: Any) -> list[dict[str, Any]]:
    items = [
        {"start_pts": c.start_pts, "end_pts": c.end_pts, "frames": c.frames, "dest": str(into / f"{i}.mp4")}
        for i, c in enumerate(clips)
    ]
    return list(cut_clips({"path": clips[0].video.path, "items": items, "options": options}))


SDR = [
    ("moviepy__trailer_bbb.mp4", 24.708, 25.3),  # B-frames; a hard cut right before the first frame
    ("samples__chrome.mp4", 9.0, 9.343),  # a hard cut right behind the last frame
    ("samples__chrome.mp4", 10.544, 10.9),
    ("moviepy__fire2.mp4", 0.5, 1.6),  # upside down, 10.5 frames a second
    ("opencv__vtest.avi", 20.0, 21.0),  # MS-MPEG-4 in AVI
    ("shared-assets__flower.webm", 1.0, 1.5),  # VP8, times rounded to milliseconds
    ("torchcodec__nasa_13013.mp4", 7.5, 8.008),  # the second video stream of two
]


@pytest.mark.parametrize(("name", "start_s", "end_s"), SDR)
def test_a_cut_holds_exactly_the_frames_of_the_clip(
    name: str, start_s: float, end_s: float, videos: Path, tmp_path: Path
) -> None:
    clip = clip_of(videos / name, start_s, end_s)
    (answer,) = cut(clip, into=tmp_path)
    assert (answer["frames"], answer["bytes"]) == (clip.frames, (tmp_path / "0.mp4").stat().st_size)
    assert (answer["height"], answer["width"]) == written_pictures(tmp_path / "0.mp4")[0][1].shape[:2]
    assert answer["fps"] == pytest.approx(clip.video.info.fps)
    written, source = written_pictures(tmp_path / "0.mp4"), source_pictures(clip)
    order = list(source)
    inside = [pts for pts in order if clip.start_pts <= pts < clip.end_pts]
    assert len(written) == len(inside) == clip.frames
    assert [second for second, _ in written] == pytest.approx(
        [float((pts - clip.start_pts) * clip.video.info.time_base) for pts in inside], abs=1e-6
    )
    for pts, (_, picture) in ((inside[0], written[0]), (inside[-1], written[-1])):
        at = order.index(pts)
        likeness = {near: psnr(picture, source[near]) for near in order[max(at - 2, 0) : at + 3]}
        assert max(likeness, key=likeness.__getitem__) == pts
        assert likeness[pts] > 34


@pytest.mark.parametrize(
    ("name", "start_s", "end_s", "size"),
    [
        ("media__sample_edit_list.mp4", 0.5, 0.7, (1080, 1920)),  # HEVC 10 bit, HLG, on its side, edit list
        ("media__hdr10-av1.mp4", 1.0, 1.2, (720, 1280)),  # AV1 10 bit, PQ
        ("media__roadtrip-vp92-10bit.webm", 1.752, 2.4, (426, 240)),  # VP9 10 bit, wide colours; a hard cut before it
    ],
)
def test_hdr_and_ten_bits_become_plain_upright_video(
    name: str, start_s: float, end_s: float, size: tuple[int, int], videos: Path, tmp_path: Path
) -> None:
    clip = clip_of(videos / name, start_s, end_s)
    (answer,) = cut(clip, into=tmp_path)
    assert answer["frames"] == clip.frames
    with open_video(str(tmp_path / "0.mp4")) as opened:
        info = opened.info
        assert (info.pixel_format, info.rotation, info.hdr, info.sample_aspect) == ("yuv420p", 0, False, 1)
        assert (info.width, info.height) == size
        assert int(opened.stream.codec_context.colorspace) == 1  # BT.709
    written, source = written_pictures(tmp_path / "0.mp4"), source_pictures(clip, margin=1)
    assert len(written) == clip.frames
    for pts, (_, picture) in zip([p for p in source if clip.start_pts <= p < clip.end_pts][:: clip.frames - 1],
                                 [written[0], written[-1]], strict=True):  # fmt: skip
        alike = np.corrcoef(picture[::4, ::4].mean(axis=2).ravel(), source[pts][::4, ::4].mean(axis=2).ravel())[0, 1]
        assert alike > 0.9  # tone-mapped, so only the shape of things is the same


def test_many_cuts_from_one_read_near_far_and_overlapping(videos: Path, tmp_path: Path) -> None:
    path = videos / "samples__chrome.mp4"
    spans = [(26.0, 26.3), (1.0, 1.4), (1.4, 1.7), (1.2, 1.6), (10.544, 10.9)]
    clips = [clip_of(path, *span) for span in spans]
    together = {answer["dest"]: answer["frames"] for answer in cut(*clips, into=tmp_path)}
    assert together == {str(tmp_path / f"{i}.mp4"): clip.frames for i, clip in enumerate(clips)}
    for i, clip in enumerate(clips):
        (tmp_path / "alone").mkdir(exist_ok=True)
        cut(clip, into=tmp_path / "alone")
        assert (tmp_path / f"{i}.mp4").read_bytes() == (tmp_path / "alone" / "0.mp4").read_bytes()


def test_a_cut_ends_when_the_clip_ends_and_can_be_read_from_its_first_bytes(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "moviepy__fire2.mp4", 0.5, 1.6)
    cut(clip, into=tmp_path)
    with open_video(str(tmp_path / "0.mp4")) as opened:
        assert opened.info.first_pts == 0
        assert opened.info.duration_s == pytest.approx(clip.duration_s, abs=2e-3)
    with av.open(str(tmp_path / "0.mp4")) as container:
        assert all(packet.pts == packet.dts for packet in container.demux(video=0) if packet.size)  # nothing is reordered
    order = boxes(tmp_path / "0.mp4")
    assert order.index("moov") < order.index("mdat")
    assert [path.name for path in tmp_path.iterdir()] == ["0.mp4"]


def test_sound_is_cut_to_the_clip_when_asked_for(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 7.99, 8.99)
    cut(clip, into=tmp_path)
    with av.open(str(tmp_path / "0.mp4")) as silent:
        assert not silent.streams.audio
    cut(clip, into=tmp_path, audio=True)
    wanted = _sound(Path(clip.video.path), clip.start_s, clip.end_s)
    heard = _sound(tmp_path / "0.mp4", 0.0, clip.duration_s)
    likeness = {shift: _alike(wanted, np.roll(heard, shift)) for shift in range(-960, 961, 48)}
    assert max(likeness, key=likeness.__getitem__) == 0
    assert likeness[0] > 0.95
    with av.open(str(tmp_path / "0.mp4")) as container:
        assert float(container.streams.audio[0].duration * container.streams.audio[0].time_base) == pytest.approx(
            1.0, abs=0.03
        )


def test_odd_sides_lose_a_pixel_and_transparency_is_black(tmp_path: Path) -> None:
    picture = np.zeros((17, 15, 4), np.uint8)
    picture[..., 0], picture[:8, :, 3] = 255, 255  # red, opaque in the upper half only
    with av.open(str(tmp_path / "in.mov"), "w") as out:
        stream = out.add_stream("qtrle", rate=10)
        stream.width, stream.height, stream.pix_fmt = 15, 17, "argb"
        for pts in range(3):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="argb")
            frame.pts, frame.time_base = pts, Fraction(1, 10)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    cut(clip_of(tmp_path / "in.mov", 0, 1), into=tmp_path)
    _, shown = written_pictures(tmp_path / "0.mp4")[0]
    assert shown.shape == (16, 14, 3)
    assert shown[3, 7, 0] > 200
    assert shown[13].max() < 40


def test_an_uneven_rhythm_is_kept_to_the_tick(tmp_path: Path) -> None:
    times_ms = [0, 40, 45, 300, 1333, 1350, 2000, 2001, 2500]
    write_squares(tmp_path / "in.mkv", [(at, 64, 48) for at in times_ms])
    clip = clip_of(tmp_path / "in.mkv", 0.04, 2.4)
    assert clip.frames == 7
    cut(clip, into=tmp_path)
    written = [second for second, _ in written_pictures(tmp_path / "0.mp4")]
    assert written == pytest.approx([(at - 40) / 1000 for at in times_ms[1:8]], abs=1e-9)
    with av.open(str(tmp_path / "0.mp4")) as container:
        assert container.duration / 1e6 == pytest.approx(2.46)  # the last frame stays until the next would have come


def test_a_picture_that_changes_its_size_half_way_keeps_one(tmp_path: Path) -> None:
    write_squares(tmp_path / "in.mkv", [(at, *size) for at, size in enumerate([(64, 48)] * 3 + [(128, 96)] * 3)])
    clip = clip_of(tmp_path / "in.mkv", 0, 9)
    (answer,) = cut(clip, into=tmp_path)
    assert answer["frames"] == 6
    assert {picture.shape for _, picture in written_pictures(tmp_path / "0.mp4")} == {(48, 64, 3)}


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(2), (256, 96)), (Fraction(16, 11), (186, 96)), (Fraction(1, 2), (64, 96))]
)
@pytest.mark.parametrize("short_side", [None, 64])
def test_pixels_that_are_not_square_become_so_at_any_size(
    aspect: Fraction, size: tuple[int, int], short_side: int | None, tmp_path: Path
) -> None:
    """A DVD in its own size could not be cut: its picture was cropped to a width that it did not have yet."""
    with av.open(str(tmp_path / "in.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.sample_aspect_ratio = 128, 96, "yuv420p", aspect
        picture = np.zeros((96, 128, 3), np.uint8)
        picture[:, 64:] = 200
        for _ in range(10):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    (answer,) = cut(clip_of(tmp_path / "in.mp4", 0, 9), into=tmp_path, short_side=short_side)
    scale = short_side / min(size) if short_side else 1
    assert (answer["width"], answer["height"]) == pytest.approx([side * scale for side in size], abs=2)
    (shown, *_), middle = written_pictures(tmp_path / "0.mp4"), answer["width"] // 2
    assert shown[1][:, : middle - 4].mean() < 10 < 190 < shown[1][:, middle + 4 :].mean()


def test_full_range_is_brought_into_the_usual_range(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as out:
        stream = out.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for level in (0, 128, 255):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")
            out.mux(stream.encode(frame.reformat(format="yuvj420p")))
        out.mux(stream.encode())
    cut(clip_of(tmp_path / "in.mkv", 0, 1), into=tmp_path)
    with av.open(str(tmp_path / "0.mp4")) as container:
        lumas = [int(frame.to_ndarray()[:48].mean()) for frame in container.decode(video=0)]
    assert lumas == pytest.approx([16, 126, 235], abs=2)


def test_a_clip_the_file_no_longer_holds_is_refused_and_the_others_are_cut(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "io__small.mp4", 1.0, 1.3)
    foreign = Clip(clip.video, clip.start_pts + 1, clip.end_pts, clip.frames)
    beyond = Clip(clip.video, clip.end_pts * 100, clip.end_pts * 101, 9)
    answers = {Path(answer["dest"]).name: answer for answer in cut(clip, foreign, beyond, into=tmp_path)}
    assert answers["0.mp4"]["frames"] == clip.frames
    assert answers["1.mp4"]["kind"] == answers["2.mp4"]["kind"] == "frames_missing"
    assert [path.name for path in tmp_path.iterdir()] == ["0.mp4"]


def test_a_damaged_video_gives_the_frames_that_the_scan_saw(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "traps" / "decord__corrupted.mp4", 2.0, 4.5)
    (answer,) = cut(clip, into=tmp_path)
    assert answer["frames"] == clip.frames


def test_no_video_is_refused(videos: Path, tmp_path: Path) -> None:
    argument = {"path": str(tmp_path / "gone.mp4"), "items": [{"start_pts": 0, "end_pts": 1, "dest": "x"}], "options": {}}
    with pytest.raises(Refused, match="moved"):
        list(cut_clips(argument))


def write_squares(path: Path, frames: list[tuple[int, int, int]]) -> None:
    """Motion JPEG whose frames are (time in milliseconds, width, height); each is a little brighter than the last."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = *frames[0][1:], "yuvj420p", Fraction(1, 1000)
        for number, (at_ms, width, height) in enumerate(frames):
            picture = np.full((height, width, 3), 20 * number, np.uint8)
            coder = av.CodecContext.create("mjpeg", "w")
            coder.width, coder.height, coder.pix_fmt, coder.time_base = width, height, "yuvj420p", Fraction(1, 1000)
            for packet in coder.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuvj420p")):
                packet.stream, packet.pts, packet.dts, packet.time_base = stream, at_ms, at_ms, Fraction(1, 1000)
                out.mux(packet)


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def _sound(path: Path, start_s: float, end_s: float) -> np.ndarray:
    """One channel at 48 kHz, read from the beginning of the file."""
    resampler, parts, first_s = av.AudioResampler("fltp", "mono", 48_000), [], None
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            first_s = frame.time if first_s is None else first_s
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    sound = np.concatenate(parts)
    begin = round((start_s - first_s) * 48_000)
    return sound[begin : begin + round((end_s - start_s) * 48_000)]


def times(path: Path) -> list[float]:
    return [second for second, _ in written_pictures(path)]


def test_another_rate_shows_at_each_time_the_frame_that_was_on_the_screen(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 9.0, 10.0)
    source = [picture for pts, picture in source_pictures(clip, margin=0).items()]
    for fps in (8, 60):
        (answer,) = cut(clip, into=tmp_path, fps=fps)
        written = written_pictures(tmp_path / "0.mp4")
        assert answer["frames"] == len(written) == round(clip.duration_s * fps)
        assert answer["fps"] == fps
        assert times(tmp_path / "0.mp4") == pytest.approx([number / fps for number in range(len(written))])
        for number in (0, len(written) // 2, len(written) - 1):
            shown = int(number / fps / clip.duration_s * clip.frames + 1e-3)
            likeness = [psnr(written[number][1], source[near]) for near in range(max(0, shown - 1), min(shown + 2, 30))]
            assert psnr(written[number][1], source[shown]) == max(likeness)


@pytest.mark.parametrize(
    ("form", "fps", "frames"), [("8n+1", None, 25), ("4n+1", None, 29), ("8n+1", 24, 17), ("4n+1", 8, 5)]
)
def test_a_count_that_video_vaes_take_drops_the_last_frames(
    form: str, fps: float | None, frames: int, videos: Path, tmp_path: Path
) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 9.0, 10.0)
    assert clip.frames == 30
    (answer,) = cut(clip, into=tmp_path, frames=form, fps=fps, audio=True)
    assert answer["frames"] == len(written_pictures(tmp_path / "0.mp4")) == frames
    with av.open(str(tmp_path / "0.mp4")) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert float(video.duration * video.time_base) == pytest.approx(frames / (fps or 29.97), abs=0.002)
        assert float(sound.duration * sound.time_base) == pytest.approx(frames / (fps or 29.97), abs=0.05)


def test_a_clip_too_short_for_the_form_is_refused(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 9.0, 9.2)
    (answer,) = cut(clip, into=tmp_path, frames="8n+1")
    assert (answer["kind"], answer["reason"]) == ("too_short", "it has 6 frames, and 8n+1 needs at least 9")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_other_codecs_hold_the_same_frames_and_the_same_bytes(codec: str, videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "samples__chrome.mp4", 9.0, 9.343)
    cut(clip, into=tmp_path, codec=codec)
    first = (tmp_path / "0.mp4").read_bytes()
    cut(clip, into=tmp_path, codec=codec)
    assert (tmp_path / "0.mp4").read_bytes() == first
    with open_video(str(tmp_path / "0.mp4")) as opened:
        assert opened.info.codec == codec
    source = list(source_pictures(clip, margin=0).values())
    written = written_pictures(tmp_path / "0.mp4")
    assert len(written) == clip.frames
    assert all(psnr(picture, theirs) > 34 for (_, picture), theirs in zip(written, source, strict=True))


def test_an_encoder_that_is_not_there_is_said_in_a_sentence(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(encode.ENCODERS, "av1", "librav1e")
    with pytest.raises(Fatal, match="this FFmpeg has no librav1e; choose another codec"):
        cut(clip_of(videos / "samples__chrome.mp4", 9.0, 9.2), into=tmp_path, codec="av1")


@pytest.mark.parametrize("name", ["samples__chrome.mp4", "moviepy__fire2.mp4"])  # the second is upside down
def test_a_crop_is_of_the_upright_picture(name: str, videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / name, 1.0, 1.3)
    item = {"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames, "dest": str(tmp_path / "0.mp4")}
    (answer,) = cut_clips({"path": clip.video.path, "items": [{**item, "crop": [16, 8, 96, 64]}], "options": {}})
    assert (answer["width"], answer["height"]) == (96, 64)
    whole = next(iter(source_pictures(clip, margin=0).values()))
    assert psnr(written_pictures(tmp_path / "0.mp4")[0][1], whole[8:72, 16:112]) > 30


@pytest.mark.parametrize("codec", encode.ENCODERS)
def test_what_lay_in_memory_before_leaves_no_trace(videos: Path, tmp_path: Path, codec: str) -> None:
    """Fresh memory is filled with one byte or another; an encoder that reads what nobody wrote gives other bytes then."""
    clip = clip_of(videos / "samples__chrome.mp4", 1.2, 1.6)
    item = {"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames}
    made = []
    for byte in ("0", "1"):
        dest = tmp_path / f"{byte}.mp4"
        argument = {"path": clip.video.path, "items": [{**item, "dest": str(dest)}], "options": {"codec": codec}}
        code = f"from pipelines.media.cut import cut_clips; list(cut_clips({argument!r}))"
        filled = {"MALLOC_PERTURB_": byte, "MALLOC_MMAP_THRESHOLD_": "2000000000", "MALLOC_TOP_PAD_": "100000000"}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | filled, check=True, timeout=60)
        made.append(dest.read_bytes())
    assert made[0] == made[1]

"""Clips begin and end at the very frame, in the file's own ticks, however the file counts its time.

The film has three shots; where it is cut is known by frame. Each kind of file is scanned, and both ends of every clip are
decoded anew and compared with the shots.
"""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipelines.media.opening import frames as shown_frames
from pipelines.media.opening import open_video
from pipelines.scan.params import Scan
from pipelines.scan.shrink import Image
from tests.support.moves import still, view
from tests.support.scans import Scanned, scan_file, shown

SHOTS = (70, 83, 77)
"""Frames of each."""
SIZE = (160, 90)
LIMITS = {"min_s": 1.0, "max_s": 2.5}
TRIM = Scan().trim_frames


@pytest.fixture(scope="module")
def stills(videos: Path) -> list[Image]:
    names = "sam2__05_default_juggle.mp4", "sam2__03_blocks.mp4", "opencv__vtest.avi"
    return [still(videos / name) for name in names]


@pytest.fixture(scope="module")
def raw(stills: list[Image]) -> bytes:
    """All frames: slow pans over three stills."""
    pictures = [
        view(picture, index / 30, pan=0.04, size=SIZE)
        for picture, count in zip(stills, SHOTS, strict=True)
        for index in range(count)
    ]
    return np.stack(pictures).tobytes()


def ffmpeg(*arguments: str | Path, stdin: bytes | None = None) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin" if stdin is None else "-hide_banner", "-v", "error", "-y"]
    done = subprocess.run([*command, *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def encode(raw: bytes, path: Path, *more: str, rate: str = "25", into: Sequence[str] = ()) -> Path:
    width, height = SIZE
    source = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", rate, "-i", "-"]
    codec = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "14", "-preset", "veryfast"]
    ffmpeg(*source, *more, *codec, *into, path, stdin=raw)
    return path


def plain(raw: bytes, folder: Path) -> Path:
    return encode(raw, folder / "plain.mp4", into=["-bf", "0"])


def many_b_frames(raw: bytes, folder: Path) -> Path:
    return encode(
        raw, folder / "b.mp4", into=["-bf", "8", "-b_strategy", "0", "-x264-params", "b-pyramid=normal:open-gop=1"]
    )


def ntsc(raw: bytes, folder: Path) -> Path:
    return encode(raw, folder / "ntsc.mp4", rate="30000/1001")


def fast_ntsc(raw: bytes, folder: Path) -> Path:
    return encode(raw, folder / "fast.mkv", rate="60000/1001")  # Matroska rounds to milliseconds


def variable(raw: bytes, folder: Path) -> Path:
    """Frames stand for 1, 2 or 3 ticks of 1/50 s in turn, so that the average rate is nobody's."""
    times = ["-vf", "settb=1/50,setpts='2*N-mod(N\\,3)*0.5*eq(mod(N\\,3)\\,1)+eq(mod(N\\,3)\\,2)'", "-fps_mode", "vfr"]
    return encode(raw, folder / "vfr.mp4", *times, into=["-video_track_timescale", "50", "-enc_time_base", "1/50"])


def edit_list(raw: bytes, folder: Path) -> Path:
    """The file holds frames before the first that is shown."""
    whole = encode(raw, folder / "whole.mp4", into=["-g", "250"])
    ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", folder / "edit.mp4")
    return folder / "edit.mp4"


def negative_start(raw: bytes, folder: Path) -> Path:
    whole, moved = encode(raw, folder / "whole.mkv", into=["-bf", "0"]), folder / "negative.ts"
    with av.open(str(whole)) as source, av.open(str(moved), "w", options={"avoid_negative_ts": "disabled"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.pts is not None:  # the last one is empty
                dts = packet.pts if packet.dts is None else packet.dts
                packet.pts, packet.dts, packet.stream = packet.pts - 600, dts - 600, stream
                out.mux(packet)
    assert shown(moved)[0] < 0
    return moved


def late_start(raw: bytes, folder: Path) -> Path:
    whole = encode(raw, folder / "whole.mp4")
    ffmpeg("-i", whole, "-c", "copy", "-output_ts_offset", "36000", folder / "late.ts")
    return folder / "late.ts"


KINDS = [plain, many_b_frames, ntsc, fast_ntsc, variable, edit_list, negative_start, late_start]


@pytest.fixture(scope="module", params=KINDS, ids=lambda make: make.__name__)
def film(request: pytest.FixtureRequest, raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[bytes, Path], Path] = request.param
    return make(raw, tmp_path_factory.mktemp(make.__name__))


@pytest.fixture(scope="module")
def found(film: Path) -> Scanned:
    return scan_file(film, film.parent, **LIMITS)


@pytest.fixture(scope="module")
def cuts(film: Path) -> list[int]:
    """Where shots begin, as indices of the frames that are shown; those before an edit list's start do not count."""
    hidden = sum(SHOTS) - len(shown(film))
    assert (hidden > 0) == (film.stem == "edit")
    return [SHOTS[0] - hidden, SHOTS[0] + SHOTS[1] - hidden]


def test_clips_lie_between_the_cuts_to_the_frame(found: Scanned, film: Path, cuts: list[int]) -> None:
    times = shown(film)
    scenes = [(0, cuts[0] - TRIM), (cuts[0] + TRIM, cuts[1] - TRIM), (cuts[1] + TRIM, len(times))]
    at = [(times.index(one.clip.start_pts), bisect_left(times, one.clip.end_pts)) for one in found.clips]
    for first, end in scenes:
        inside = [(a, b) for a, b in at if first <= a < end]
        assert (inside[0][0], inside[-1][1]) == (first, end)  # from end to end, no lost tail
        assert all(one[1] == other[0] for one, other in pairwise(inside))
    assert len(at) == sum(any(first <= a < end for first, end in scenes) for a, _ in at)


def test_clips_are_as_long_as_they_may_be_in_real_time(found: Scanned, film: Path) -> None:
    info, times = found.video.info, shown(film)
    for one in found.clips:
        clip = one.clip
        assert LIMITS["min_s"] - 1e-6 <= clip.duration_s <= LIMITS["max_s"] + 1e-6
        assert clip.duration_s == pytest.approx(float((clip.end_pts - clip.start_pts) * info.time_base))
        assert clip.frames == sum(clip.start_pts <= pts < clip.end_pts for pts in times)


def test_both_ends_show_their_own_shot(found: Scanned, film: Path, cuts: list[int], stills: list[Image]) -> None:
    with open_video(str(film)) as opened:
        decoded = {frame.pts: frame.to_ndarray(format="bgr24") for frame in shown_frames(opened)}
    times = sorted(decoded)
    for one in found.clips:
        first, end = times.index(one.clip.start_pts), bisect_left(times, one.clip.end_pts)
        shot = sum(cut <= first for cut in cuts)
        for index in (first, end - 1):
            assert nearest(decoded[times[index]], stills) == shot


def nearest(picture: Image, stills: list[Image]) -> int:
    """Which of the shots a frame is of."""
    wanted = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    away = []
    for shot in stills:
        views = (view(shot, index / 30, pan=0.04, size=SIZE) for index in range(0, max(SHOTS), 6))
        away.append(min(float(np.abs(wanted - cv2.cvtColor(one, cv2.COLOR_BGR2GRAY)).mean()) for one in views))
    return int(np.argmin(away))

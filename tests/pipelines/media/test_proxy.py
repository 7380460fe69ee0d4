"""Proxies are small, start at once, and step like the source."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import pytest

from pipelines.errors import Refused
from pipelines.media.opening import open_video
from pipelines.media.proxy import make_proxy
from pipelines.records import Clip
from tests.support.stretches import boxes, clip_of, source_pictures, written_pictures


def proxy(clip: Clip, dest: Path) -> dict[str, object]:
    (answer,) = make_proxy(
        {"path": clip.video.path, "start_pts": clip.start_pts, "end_pts": clip.end_pts, "dest": str(dest)}
    )
    return answer


@pytest.mark.parametrize(
    ("name", "size", "sound"),
    [
        ("gradio__a.mp4", (852, 480), True),
        ("gradio__compliment_bot_screen_recording_3x.mp4", (724, 480), False),
        ("media__roadtrip-vp92-10bit.webm", (426, 240), False),
        ("moviepy__fire2.mp4", (852, 480), True),
    ],
)
def test_a_proxy_is_small_upright_and_frame_for_frame(
    name: str, size: tuple[int, int], sound: bool, videos: Path, tmp_path: Path
) -> None:
    clip = clip_of(videos / name, 0.5, 1.2)
    dest = tmp_path / "ab" / "proxy.mp4"
    assert proxy(clip, dest)["frames"] == clip.frames
    with open_video(str(dest)) as opened:
        info = opened.info
        assert (info.codec, info.pixel_format, info.has_audio) == ("h264", "yuv420p", sound)
        assert (info.width, info.height) == size
    times = list(source_pictures(clip, margin=0))
    shown = [float((pts - clip.start_pts) * clip.video.info.time_base) for pts in times]
    assert [second for second, _ in written_pictures(dest)] == pytest.approx(shown, abs=1e-6)
    order = boxes(dest)
    assert order.index("moov") < order.index("mdat")


def test_a_proxy_has_a_keyframe_every_half_second(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "sam2__05_default_juggle.mp4", 1.0, 3.0)
    size = proxy(clip, tmp_path / "proxy.mp4")["bytes"]
    with av.open(str(tmp_path / "proxy.mp4")) as container:
        keys = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(later - sooner for sooner, later in pairwise(keys)) <= 0.5
    assert isinstance(size, int)
    assert size * 8 / clip.duration_s < 1_500_000


def test_nothing_to_show_is_refused_and_leaves_no_file(videos: Path, tmp_path: Path) -> None:
    clip = clip_of(videos / "io__small.mp4", 1.0, 1.3)
    with pytest.raises(Refused, match="no frame"):
        proxy(Clip(clip.video, clip.end_pts * 100, clip.end_pts * 101, 9), tmp_path / "proxy.mp4")
    assert list(tmp_path.iterdir()) == []

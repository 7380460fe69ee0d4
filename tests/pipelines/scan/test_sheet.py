"""Sampled frames: when they are taken, that they are upright, what is kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipelines.records import VideoInfo
from pipelines.scan import sheet
from pipelines.scan.shrink import Image
from tests.support.moves import as_frame
from tests.support.scans import Scanned, scan_file

INFO = VideoInfo("mov", "h264", 0, 320, 180, 0, Fraction(1), 25.0, 0.0, Fraction(1, 25), 0, "yuv420p", False, False)
RED, BLUE = (20, 20, 220), (220, 20, 20)


def two_halves(width: int = 320, height: int = 180) -> Image:
    """Red above blue."""
    picture = np.full((height, width, 3), RED, np.uint8)
    picture[height // 2 :] = BLUE
    return picture


def sampled(times: list[float], *, every_s: float = 1.0, info: VideoInfo = INFO) -> sheet.Sampler:
    sampler, frame = sheet.Sampler(info, every_s=every_s, longer_px=160), as_frame(two_halves())
    for index, time_s in enumerate(times):
        sampler.feed(index, time_s, frame)
    return sampler


def test_one_frame_every_so_often() -> None:
    sampler = sampled([index / 25 for index in range(101)])
    assert [tile.time_s for tile in sampler.tiles] == [0, 1, 2, 3, 4]


def test_a_rhythm_that_does_not_fit_does_not_drift() -> None:
    sampler = sampled([index / 29.97 for index in range(30 * 30)])
    assert [int(tile.time_s) for tile in sampler.tiles] == list(range(30))


def test_a_frame_that_stands_long_is_shown() -> None:
    """A slide from 0.2 s to 5 s is what most of the clip shows."""
    sampler = sampled([0.0, 0.1, 0.2, 5.0])
    assert 2 in [tile.index for tile in sampler.tiles]


def test_long_clips_are_thinned_evenly() -> None:
    sampler = sampled([float(index) for index in range(100)])
    tiles = sampler.of(10, 90)
    steps = {later.index - earlier.index for earlier, later in pairwise(tiles)}
    assert len(tiles) <= sheet.MOST_TILES
    assert len(steps) == 1
    assert tiles[0].index == 10
    assert all(10 <= tile.index < 90 for tile in tiles)


def test_what_is_forgotten_is_gone_and_the_rest_stays() -> None:
    sampler = sampled([float(index) for index in range(10)])
    sampler.forget(4)
    assert [tile.index for tile in sampler.tiles] == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("info", "size"),
    [
        (INFO, (160, 90)),
        (replace(INFO, rotation=90), (90, 160)),
        (replace(INFO, rotation=180), (160, 90)),
        (replace(INFO, rotation=270), (90, 160)),
        (replace(INFO, sample_aspect=Fraction(1, 2)), (142, 160)),
        (replace(INFO, width=64, height=36), (64, 36)),  # never larger than the source
    ],
)
def test_tiles_are_upright_in_square_pixels(info: VideoInfo, size: tuple[int, int]) -> None:
    sampler = sampled([0.0], info=info)
    (tile,) = sampler.tiles
    assert sampler.size == size == tile.picture.shape[1::-1]
    assert _red_side(tile.picture) == {0: "top", 90: "right", 180: "bottom", 270: "left"}[info.rotation]


def _red_side(picture: Image) -> str:
    redness = picture[..., 2].astype(int) - picture[..., 0]
    halves = {
        "top": redness[: len(redness) // 2],
        "bottom": redness[len(redness) // 2 :],
        "left": redness[:, : redness.shape[1] // 2],
        "right": redness[:, redness.shape[1] // 2 :],
    }
    return max(halves, key=lambda side: float(halves[side].mean()))


def test_a_sheet_is_read_as_it_was_written(tmp_path: Path) -> None:
    pictures = [np.full((90, 160, 3), value, np.uint8) for value in (20, 120, 220)]
    sheet.write([sheet.Tile(index, float(index), picture) for index, picture in enumerate(pictures)], tmp_path)
    again = sheet.read(str(tmp_path / "sheet.jpg"), (0.0, 1.0, 2.0))
    assert [one.shape for one in again] == [(90, 160, 3)] * 3
    assert [float(one.mean()) for one in again] == pytest.approx([20, 120, 220], abs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["poster.jpg", "sheet.jpg"]


def test_the_poster_is_the_middle_tile_and_small(tmp_path: Path) -> None:
    pictures = [np.full((720, 1280, 3), value, np.uint8) for value in (20, 120, 220)]
    sheet.write([sheet.Tile(index, float(index), picture) for index, picture in enumerate(pictures)], tmp_path)
    (poster,) = sheet.read(str(tmp_path / "poster.jpg"), (0.0,))
    assert poster.shape == (270, sheet.POSTER_PX, 3)
    assert float(poster.mean()) == pytest.approx(120, abs=1)


@pytest.mark.parametrize("data", [b"", b"not a picture"])
def test_a_damaged_sheet_says_so(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "sheet.jpg").write_bytes(data)
    with pytest.raises(OSError, match="run the scan again"):
        sheet.read(str(tmp_path / "sheet.jpg"), (0.0,))


def test_times_of_tiles_lie_within_their_clip(scanned: Callable[[str], Scanned]) -> None:
    for name in ("sample-videos__car-detection.mp4", "moviepy__trailer_bbb.mp4"):
        for clip in scanned(name).clips:
            assert clip.sheet.times_s == tuple(sorted(clip.sheet.times_s))
            assert 0 <= clip.sheet.times_s[0] < 1
            assert clip.clip.duration_s - 2 < clip.sheet.times_s[-1] < clip.clip.duration_s


@pytest.mark.parametrize(("name", "size"), [("media__sample_edit_list.mp4", (360, 640)), ("moviepy__fire2.mp4", (640, 360))])
def test_turned_videos_are_upright(name: str, size: tuple[int, int], videos: Path, tmp_path: Path) -> None:
    """Sky over a roof, filmed on a phone held upright; pale walls over dark things, filmed upside down."""
    found = scan_file(videos / name, tmp_path, min_s=2, max_s=8)
    (tiles,) = found.pictures()
    assert found.clips[0].sheet.tile == size
    assert {tile.shape[1::-1] for tile in tiles} == {size}
    assert all(tile[: len(tile) // 4].mean() > tile[-len(tile) // 4 :].mean() + 20 for tile in tiles)

"""Size and time before anything is cut."""

from __future__ import annotations

from dataclasses import replace

from pipelines.estimate import Extent, estimate, makes_files
from pipelines.exporters.cogvideox import CogVideoX
from pipelines.exporters.jsonl import JsonLines
from pipelines.kinds import Cutting
from tests.support.leaving import INFO

EXTENT = Extent(replace(INFO, width=1280, height=720, has_audio=True), 60_000_000, pairs=10, clips=10, seconds=30.0)


def size(**options: object) -> int:
    return estimate([EXTENT], Cutting(**options), files=True, children=1).size_bytes  # type: ignore[arg-type]


def test_sums_are_over_all_videos() -> None:
    known = estimate([EXTENT, EXTENT], Cutting(), files=True, children=2)
    assert (known.pairs, known.clips, known.videos, known.seconds_of_video) == (20, 20, 2, 60.0)
    assert known.size_bytes == 2 * size()
    assert known.seconds == estimate([EXTENT], Cutting(), files=True, children=1).seconds


def test_half_of_a_video_takes_about_half_of_it_and_more() -> None:
    assert 30_000_000 < size() < 90_000_000


def test_options_move_it_the_way_they_should() -> None:
    assert size(short_side=360) < size() / 3
    assert size(crf=23) < size() < size(crf=11)
    assert size(audio=True) > size()
    slow = estimate([EXTENT], Cutting(codec="hevc"), files=True, children=1)
    assert slow.seconds > 2 * estimate([EXTENT], Cutting(), files=True, children=1).seconds


def test_without_files_only_rows_take_room() -> None:
    known = estimate([EXTENT], Cutting(), files=False, children=1)
    assert (known.size_bytes < 10_000, known.seconds) == (True, 0.0)


def test_formats_differ_in_what_is_usual() -> None:
    assert makes_files(CogVideoX, Cutting())
    assert not makes_files(JsonLines, Cutting())
    assert makes_files(JsonLines, Cutting(files="cut"))
    assert not makes_files(JsonLines, Cutting(files="none"))

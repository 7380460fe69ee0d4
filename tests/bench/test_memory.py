"""The measurement of a scan's memory, on a short real video made longer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bench.memory import lengthen, memory
from tests.support.scans import shown


def test_a_video_is_made_longer_without_a_gap(videos: Path, tmp_path: Path) -> None:
    video, long = videos / "io__small.mp4", tmp_path / "long.mp4"
    lengthen(video, long, minutes=0.2)
    times, once = shown(long), shown(video)
    assert len(times) == 2 * len(once)
    steps = {b - a for a, b in pairwise(times)}
    assert max(steps) == pytest.approx(min(steps), rel=0.01)


def test_what_a_scan_of_it_keeps_is_told(videos: Path) -> None:
    one = memory(videos / "media__roadtrip-vp92-10bit.webm", minutes=0.1)
    assert (one.minutes, one.frames) == (0.1, 144)
    assert 40 < one.peak_rss_mib < 600

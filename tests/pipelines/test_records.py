"""The words keep their promises: identity by content, exact times, no score without a value or a reason."""

from __future__ import annotations

import dataclasses
import pickle
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from pipelines import records
from pipelines.records import Clip, Score, Video, VideoInfo

INFO = VideoInfo(
    container="mov", codec="h264", stream=0, width=1920, height=1080, rotation=0, sample_aspect=Fraction(1), fps=29.97,
    duration_s=10.0, time_base=Fraction(1, 30000), first_pts=-2002, pixel_format="yuv420p", has_audio=False, hdr=False,
)  # fmt: skip
VIDEO = Video("ab" * 32, "/films/a.mp4", 1000, INFO)


def test_times_count_from_the_first_shown_frame() -> None:
    clip = Clip(VIDEO, start_pts=-2002 + 30030, end_pts=-2002 + 90090, frames=60)
    assert INFO.seconds(-2002) == 0
    assert (clip.start_s, clip.end_s, clip.duration_s) == pytest.approx((1.001, 3.003, 2.002), abs=1e-12)


def test_a_clip_is_named_by_content_and_times_not_by_its_file() -> None:
    clip = Clip(VIDEO, 0, 3003, 3)
    renamed = Clip(replace(VIDEO, path="/elsewhere/b.mkv"), 0, 3003, 3)
    others = [
        Clip(VIDEO, 1001, 3003, 2),
        Clip(VIDEO, 0, 4004, 4),
        Clip(replace(VIDEO, sha256="cd" * 32), 0, 3003, 3),
        Clip(VIDEO, 0, 300, 3),  # the same digits, divided otherwise
    ]
    assert clip.key == renamed.key
    assert len({clip.key, *(other.key for other in others)}) == 5
    assert len(clip.key) == 32
    assert set(clip.key) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("rotation", "aspect", "size"),
    [
        (0, Fraction(1), (1920, 1080)),
        (180, Fraction(1), (1920, 1080)),
        (90, Fraction(1), (1080, 1920)),
        (270, Fraction(1), (1080, 1920)),
        (0, Fraction(1, 2), (960, 1080)),
        (90, Fraction(1, 2), (1080, 960)),
    ],
)
def test_the_display_size_is_upright_in_square_pixels(rotation: int, aspect: Fraction, size: tuple[int, int]) -> None:
    assert replace(INFO, rotation=rotation, sample_aspect=aspect).display_size == size


@pytest.mark.parametrize("arguments", [("motion", None), ("motion", 0.5, "and yet a reason")])
def test_a_score_has_either_a_value_or_a_reason(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="motion"):
        Score(*arguments)  # type: ignore[arg-type]


def test_zero_is_a_value() -> None:
    assert Score("motion", 0.0).missing is None


def test_names_that_are_not_text_can_be_shown() -> None:
    assert replace(VIDEO, path="/films/caf\udce9.mp4").name == "caf\ufffd.mp4"


def test_records_are_frozen_and_travel_between_processes() -> None:
    kinds = [kind for kind in vars(records).values() if dataclasses.is_dataclass(kind) and isinstance(kind, type)]
    assert len(kinds) >= 12
    assert all(kind.__dataclass_params__.frozen for kind in kinds)  # type: ignore[attr-defined]
    clip = Clip(VIDEO, 0, 3003, 3)
    assert pickle.loads(pickle.dumps(clip)) == clip


def test_records_need_the_standard_library_only() -> None:
    modules = {
        vars(value).get("__module__", "").partition(".")[0] for value in vars(records).values() if isinstance(value, type)
    }
    assert modules - {"pipelines"} <= sys.stdlib_module_names

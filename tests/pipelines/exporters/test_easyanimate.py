"""What the trainers of EasyAnimate read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.exporters.easyanimate import EasyAnimate, clip_file, one_line
from pipelines.kinds import EXPORTERS
from pipelines.records import Clip, Sample, Video, VideoInfo

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)


def sample(start: int = 0, *, path: str = "/films/A film.mp4", sha256: str = "aa", text: str = "A bird.") -> Sample:
    return Sample(Clip(Video(sha256, path, 1000, INFO), start, start + 50, 50), text)


def no_cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, str]]:
    yield from wanted


def test_the_list_is_an_array_of_rows(tmp_path: Path) -> None:
    both = [sample(0, text="Ein Vogel\nfliegt – „schön“ 🐦."), sample(50)]
    EasyAnimate().write(both, tmp_path, cut=no_cut)
    text = (tmp_path / "meta_train_info.json").read_text(encoding="utf-8")
    rows = [{"file_path": clip_file(one), "text": one_line(one.text), "type": "video"} for one in both]
    assert text == json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    assert EasyAnimate().preview(both) == text


def test_a_clip_that_was_not_cut_has_no_row(tmp_path: Path) -> None:
    EasyAnimate().write([sample(0), sample(50)], tmp_path, cut=lambda wanted: iter(list(wanted)[1:]))
    (row,) = json.loads((tmp_path / "meta_train_info.json").read_text())
    assert row["file_path"] == clip_file(sample(50))


def test_it_reads_no_further_than_it_writes(tmp_path: Path) -> None:
    """A million samples must not be held in memory."""
    asked: list[int] = []

    def samples() -> Iterator[Sample]:
        for number in range(3):
            asked.append(number)
            yield sample(number * 50)

    def cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, str]]:
        for number, pair in enumerate(wanted):
            assert asked == list(range(number + 1))
            yield pair

    EasyAnimate().write(samples(), tmp_path, cut=cut)
    assert len(json.loads((tmp_path / "meta_train_info.json").read_text())) == 3


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/films/A film.mp4", "a-film"),
        ("/films/Überraschung № 5.MKV", "uberraschung-no-5"),
        ("/films/电影.mp4", "video"),
        ("/films/\udcff\udcfe bad.mp4", "bad"),
        ("/films/...", "video"),
        ("/films/" + "x" * 200 + ".mp4", "x" * 40),
        ("/films/a\nb'; rm -rf *.mp4", "a-b-rm-rf"),
    ],
)
def test_names_are_portable(path: str, slug: str) -> None:
    name = clip_file(sample(25, path=path))
    assert re.fullmatch(r"videos/[a-z0-9-]+_\d{8,}_[0-9a-f]{16}\.mp4", name)
    assert name.startswith(f"videos/{slug}_00001000_")


def test_names_are_nobody_elses_and_stay() -> None:
    twins = [sample(0), sample(0, sha256="bb"), sample(50), sample(0, path="/other/A film.mkv", sha256="cc")]
    assert len({clip_file(one) for one in twins}) == 4
    assert clip_file(sample(0)) == clip_file(sample(0, path="/moved/A film.mp4"))


@pytest.mark.parametrize(
    ("text", "line"),
    [("  a\r\nb\t c ", "a b c"), ("a\u2028b\x00c", "a b c"), ("👩‍🚀 flies", "👩‍🚀 flies"), ("\n\n", "")],
)
def test_captions_become_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_it_is_in_the_catalogue_with_bounded_options() -> None:
    assert EXPORTERS["easyanimate"] is EasyAnimate
    with pytest.raises(ValueError, match="crf"):
        EasyAnimate(crf=99)
    assert EasyAnimate().cutting().digest() != EasyAnimate(audio=True).cutting().digest()

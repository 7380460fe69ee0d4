"""Names that are portable and stay, captions on one line, lists that stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.kinds import ClipFile
from pipelines.listing import clip_file, one_line, pair_stem
from pipelines.records import Sample
from tests.support.leaving import no_cut, sample


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


def test_a_clip_has_one_file_and_each_of_its_captions_a_stem() -> None:
    takes = [replace(sample(0), take=take) for take in range(3)]
    assert len({clip_file(one) for one in takes}) == 1
    assert len({pair_stem(one) for one in takes}) == 3
    assert f"videos/{pair_stem(takes[0])}.mp4" == clip_file(takes[0])


@pytest.mark.parametrize(
    ("text", "line"),
    [("  a\r\nb\t c ", "a b c"), ("a\u2028b\x00c", "a b c"), ("👩‍🚀 flies", "👩‍🚀 flies"), ("\n\n", "")],
)
def test_captions_become_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_clip_that_was_not_cut_has_no_row(tmp_path: Path) -> None:
    EasyAnimate().write([sample(0), sample(50)], tmp_path, cut=lambda wanted: no_cut(list(wanted)[1:]))
    (row,) = json.loads((tmp_path / "meta_train_info.json").read_text())
    assert row["file_path"] == clip_file(sample(50))


def test_it_reads_no_further_than_it_writes(tmp_path: Path) -> None:
    """A million samples must not be held in memory."""
    asked: list[int] = []

    def samples() -> Iterator[Sample]:
        for number in range(3):
            asked.append(number)
            yield sample(number * 50)

    def cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, ClipFile]]:
        for number, pair in enumerate(no_cut(wanted)):
            assert asked == list(range(number + 1))
            yield pair

    EasyAnimate().write(samples(), tmp_path, cut=cut)
    assert len(json.loads((tmp_path / "meta_train_info.json").read_text())) == 3

"""What every exporter promises, whichever file it lives in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.kinds import EXPORTERS, Exporter
from pipelines.records import Clip, Sample, Video, VideoInfo

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)
TWINS = [Video(sha256, f"/{folder}/ä film.mp4", 1000, INFO) for sha256, folder in (("aa", "x"), ("bb", "y"))]
SAMPLES = [Sample(Clip(video, at, at + 50, 50), f"Words\n{at} “quoted”, 漢字") for video in TWINS for at in (0, 50)]

every_exporter = pytest.mark.parametrize("kind", [kind for _, kind in EXPORTERS], ids=[name for name, _ in EXPORTERS])


def write(exporter: Exporter, folder: Path) -> tuple[list[str], dict[str, bytes]]:
    """The clip names it asked for, and the files it wrote."""
    names: list[str] = []

    def cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, str]]:
        for sample, name in wanted:
            names.append(name)
            yield sample, name

    folder.mkdir()
    exporter.write(iter(SAMPLES), folder, cut=cut)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return names, files


@every_exporter
def test_its_clip_names_are_relative_portable_and_unique_to_the_stem(kind: type[Exporter], tmp_path: Path) -> None:
    names, _ = write(kind(), tmp_path / "set")
    assert len(names) == len(SAMPLES) == len({Path(name).stem for name in names})
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,119}", name)
        assert ".." not in name


@every_exporter
def test_the_same_samples_give_the_same_bytes_wherever_they_go(kind: type[Exporter], tmp_path: Path) -> None:
    first, second = write(kind(), tmp_path / "one"), write(kind(), tmp_path / "two")
    assert first == second
    assert first[1]
    assert str(tmp_path).encode() not in b"".join(first[1].values())


@every_exporter
def test_its_preview_shows_the_words(kind: type[Exporter]) -> None:
    assert "漢字" in kind().preview(SAMPLES[:1])


@every_exporter
def test_it_and_its_options_explain_themselves(kind: type[Exporter]) -> None:
    assert kind.about.endswith(".")
    for name, field in kind.model_fields.items():
        assert field.description, f"option {name!r} of {kind.name} says nothing about itself"
    assert kind().cutting().digest() == kind().cutting().digest()

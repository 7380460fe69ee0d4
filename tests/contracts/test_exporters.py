"""What every exporter keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet
import pytest
from pydantic import ValidationError

from pipelines.estimate import makes_files
from pipelines.kinds import EXPORTERS, ClipFile, Cutter, Cutting, Exporter
from pipelines.records import Author, Caption, Clip, KeptCaption, Review, Sample, Video, VideoInfo
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)
DATA = b"a clip"
each = pytest.mark.parametrize("cls", [cls for _, cls in EXPORTERS], ids=lambda cls: cls.name)


def sample(path: str, sha256: str, start: int, text: str) -> Sample:
    """A clip with a machine's caption, that a person wrote anew."""
    clip = Clip(Video(sha256, path, 1000, INFO), start, start + 75, 75)
    machine = KeptCaption(Caption("A thing.", "small", Author.MACHINE), stage="video", prompt="d1")
    person = KeptCaption(Caption(text, "", Author.PERSON), by="ann", parent=0)
    return Sample(
        clip, text, {"motion": 0.1, "text": None}, Review("accepted", "ann", 1.5), {"text": "gave up"}, {"camera": "static"},
        ("beach",), "kept", (), (machine, person), 1, 1,
    )  # fmt: skip


SAMPLES = [
    sample("/films/A film.mp4", "aa" * 32, 0, "A bird."),
    sample("/films/A film.mp4", "aa" * 32, 75, "“Two” birds,\nand a <tag>, a \\ and a \t."),
    sample("/other/A film.mp4", "bb" * 32, 0, "Птица 🐦 鸟"),
    sample("/other/../\udce9vil; rm -rf.mp4", "cc" * 32, 0, "A cat."),
]


class Knife:
    """Writes a few bytes under each name it is given, and remembers it."""

    def __init__(self, folder: Path, *, but: int | None = None, files: bool = True) -> None:
        self.folder, self.but, self.files, self.names = folder, but, files, list[str]()

    def __call__(self, wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, ClipFile]]:
        for number, (one, name) in enumerate(wanted):
            self.names.append(name)
            if number == self.but:
                continue
            if self.files:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(DATA)
            yield one, ClipFile(name if self.files else "", 75, 25.0, 64, 48, len(DATA), "ee" * 32 if self.files else "")


def write(
    exporter: Exporter, folder: Path, samples: list[Sample] = SAMPLES, *, but: int | None = None, files: bool = True
) -> dict[str, bytes]:
    """All files written, by their names below the folder."""
    folder.mkdir()
    exporter.write(samples, folder, cut=Knife(folder, but=but, files=files))
    exporter.finish(folder, counts={"": len(samples) - (but is not None)})
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lists(files: dict[str, bytes]) -> str:
    """All that was written beside the clips, as text."""
    return "\n".join(f"{name}\n{_text(name, data)}" for name, data in files.items() if data != DATA)


def others(cls: type[Exporter]) -> dict[str, Any]:
    """Another value for each option, but for a file that is not there."""
    return {name: value for name, value in other_values(cls).items() if name != "tokenizer"}


def _text(name: str, data: bytes) -> str:
    if name.endswith(".parquet"):
        return "\n".join(str(row) for row in pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())
    if not name.endswith(".tar"):
        return data.decode("utf-8")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = [(member.name, tar.extractfile(member)) for member in tar]
        return "\n".join(
            f"{name}\n{file.read().decode('utf-8') if not name.endswith('.mp4') else ''}" for name, file in members if file
        )


@each
def test_it_is_described_and_its_options_make_a_form(cls: type[Exporter]) -> None:
    assert is_sentence(cls.about)
    must_fit_a_form(cls)


@each
def test_it_travels_and_refuses_what_it_does_not_know(cls: type[Exporter]) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))
    with pytest.raises(ValidationError):
        cls(no_such_field=1)  # type: ignore[call-arg]


@each
def test_no_option_is_called_like_one_of_the_clips(cls: type[Exporter]) -> None:
    """`--set crf=20` must mean one thing."""
    assert not cls.model_fields.keys() & Cutting.model_fields.keys()


@each
def test_every_clip_has_a_name_of_its_own_below_the_folder(cls: type[Exporter], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    knife = Knife(tmp_path / "out")
    cls().write(SAMPLES, tmp_path / "out", cut=knife)
    assert len({name.lower() for name in knife.names}) == len(SAMPLES)  # also on disks that know no capitals
    for name in knife.names:
        assert name.isascii()
        assert not PurePosixPath(name).is_absolute()
        assert ".." not in name
        assert len(name) < 120
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@each
def test_the_same_samples_give_the_same_bytes(cls: type[Exporter], tmp_path: Path) -> None:
    for number, exporter in enumerate((cls(), cls(**others(cls)))):
        assert write(exporter, tmp_path / f"one{number}") == write(exporter, tmp_path / f"other{number}")


@each
def test_every_clip_and_no_other_is_listed(cls: type[Exporter], tmp_path: Path) -> None:
    files = write(cls(), tmp_path / "out", but=1)
    text = lists(files)
    clips = [name for name, data in files.items() if data == DATA]
    assert len(clips) == (0 if cls.packs else len(SAMPLES) - 1)
    assert all(PurePosixPath(name).stem in text for name in clips)
    assert "birds" not in text
    assert all(word in text for word in ("A bird.", "Птица 🐦 鸟", "A cat."))
    assert str(tmp_path) not in text  # the folder can be moved


@each
def test_with_its_other_options_it_lists_the_same_captions(cls: type[Exporter], tmp_path: Path) -> None:
    text = lists(write(cls(**others(cls)), tmp_path / "out"))
    assert all(word in text for word in ("A bird.", "Птица 🐦 鸟", "A cat.", "“Two” birds"))


@each
def test_without_files_it_names_source_and_times(cls: type[Exporter], tmp_path: Path) -> None:
    if cls.cuts == "always":
        assert makes_files(cls, Cutting())
        return
    text = lists(write(cls(), tmp_path / "out", files=False))
    assert "/films/A film.mp4" in text
    assert "3.0" in text  # the second clip begins there


@each
def test_several_captions_of_a_clip_all_leave(cls: type[Exporter], tmp_path: Path) -> None:
    both = [SAMPLES[0], replace(SAMPLES[0], text="In other words.", take=1), SAMPLES[2]]
    text = lists(write(cls(), tmp_path / "out", both))
    assert "A bird." in text
    assert "In other words." in text or cls.name == "preferences"  # which is about the clip, not about what leaves


@each
def test_nothing_to_write_is_a_valid_set(cls: type[Exporter], tmp_path: Path) -> None:
    assert "A bird." not in lists(write(cls(), tmp_path / "out", []))


@each
def test_the_preview_shows_the_captions(cls: type[Exporter]) -> None:
    shown = cls().preview(SAMPLES[:1])
    assert "A bird." in shown
    assert cls().preview(SAMPLES[:1]) == shown


@each
def test_its_memory_does_not_grow_with_the_number_of_pairs(cls: type[Exporter], tmp_path: Path) -> None:
    def peak(count: int) -> int:
        folder = tmp_path / str(count)
        folder.mkdir()
        pairs = (sample("/films/A film.mp4", "aa" * 32, 75 * number, f"Bird {number}.") for number in range(count))
        tracemalloc.start()
        cls().write(pairs, folder, cut=_uncut(folder, cls))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported on first use
    small, large = peak(100), peak(1000)
    assert large < small + 900 * 400 or cls.name == "parquet"  # a row group, which is bounded, is held


def _uncut(folder: Path, cls: type[Exporter]) -> Cutter:
    """A cutter that writes nothing but what will be packed."""

    def cut(wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, ClipFile]]:
        for one, name in wanted:
            if cls.packs:
                (folder / name).write_bytes(DATA)
            yield one, ClipFile(name, 75, 25.0, 64, 48, len(DATA), "")

    return cut

"""What every exporter keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path, PurePosixPath

import pytest
from pydantic import ValidationError

from pipelines.kinds import EXPORTERS, Cutter, Exporter
from pipelines.records import Clip, Sample, Video, VideoInfo
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

INFO = VideoInfo("mov", "h264", 0, 64, 48, 0, Fraction(1), 25.0, 60.0, Fraction(1, 25), 0, "yuv420p", False, False)
each = pytest.mark.parametrize("cls", [cls for _, cls in EXPORTERS], ids=lambda cls: cls.name)


def clip(path: str, sha256: str, start: int) -> Clip:
    return Clip(Video(sha256, path, 1000, INFO), start, start + 75, 75)


SAMPLES = [
    Sample(clip("/films/A film.mp4", "aa" * 32, 0), "A bird."),
    Sample(clip("/films/A film.mp4", "aa" * 32, 75), "“Two” birds,\nand a <tag>, a \\ and a \t."),
    Sample(clip("/other/A film.mp4", "bb" * 32, 0), "Птица 🐦 鸟"),
    Sample(clip("/other/../\udce9vil; rm -rf.mp4", "cc" * 32, 0), "A cat."),
]


class Knife:
    """Writes a few bytes under each name it is given, and remembers it."""

    def __init__(self, folder: Path, *, but: int | None = None) -> None:
        self.folder, self.but, self.names = folder, but, list[str]()

    def __call__(self, wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, str]]:
        for number, (sample, name) in enumerate(wanted):
            self.names.append(name)
            if number != self.but:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(b"a clip")
                yield sample, name


def write(cls: type[Exporter], folder: Path, samples: list[Sample] = SAMPLES, *, but: int | None = None) -> dict[str, bytes]:
    """All files written, by their names below the folder."""
    folder.mkdir()
    cut: Cutter = Knife(folder, but=but)
    cls().write(samples, folder, cut=cut)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lists(files: dict[str, bytes]) -> str:
    """All that was written beside the clips."""
    return "\n".join(data.decode("utf-8") for data in files.values() if data != b"a clip")


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
def test_the_same_options_cut_the_same(cls: type[Exporter]) -> None:
    assert cls().cutting().digest() == cls().cutting().digest()
    changed = cls(**other_values(cls)).cutting()
    assert (changed.digest() == cls().cutting().digest()) == (changed == cls().cutting())


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
    assert write(cls, tmp_path / "one") == write(cls, tmp_path / "other")


@each
def test_every_clip_and_no_other_is_listed(cls: type[Exporter], tmp_path: Path) -> None:
    files = write(cls, tmp_path / "out", but=1)
    clips = [name for name, data in files.items() if data == b"a clip"]
    assert len(clips) == len(SAMPLES) - 1
    assert all(PurePosixPath(name).stem in lists(files) for name in clips)
    assert "birds" not in lists(files)
    assert all(word in lists(files) for word in ("A bird.", "Птица 🐦 鸟", "A cat."))
    assert str(tmp_path) not in lists(files)  # the folder can be moved


@each
def test_nothing_to_write_is_a_valid_set(cls: type[Exporter], tmp_path: Path) -> None:
    assert "a clip" not in lists(write(cls, tmp_path / "out", []))


@each
def test_the_preview_shows_the_captions(cls: type[Exporter]) -> None:
    shown = cls().preview(SAMPLES[:1])
    assert "A bird." in shown
    assert cls().preview(SAMPLES[:1]) == shown

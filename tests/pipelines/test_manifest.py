"""What an export says of itself, found again without holding it in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.errors import Usage
from pipelines.kinds import ClipFile
from pipelines.manifest import FILES, FileList, Former, Index, clapper_version, former_at, opened, sha256_of, write_manifest


def made(folder: Path, clips: int = 3) -> Path:
    """An export of this many clips, and a list."""
    (folder / "videos").mkdir(parents=True)
    files = FileList(folder)
    for number in range(clips):
        path = folder / "videos" / f"{number}.mp4"
        path.write_bytes(bytes([number]))
        file = ClipFile(f"videos/{number}.mp4", 3, 25.0, 64, 48, 1, sha256_of(path))
        files.clip(file, cut=f"cut{number}")
        files.clip(file, cut=f"cut{number}")  # with its second caption
    (folder / "list.txt").write_text("words")
    files.others()
    files.close()
    write_manifest(folder, {"format": "sidecar"})
    return folder


def former(folder: Path) -> Former:
    found = opened(folder)
    assert found is not None
    return found


def test_every_file_is_listed_once_clips_first(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (made(tmp_path) / FILES).read_text().splitlines()]
    assert [line["name"] for line in lines] == ["videos/0.mp4", "videos/1.mp4", "videos/2.mp4", "list.txt"]
    assert [line.get("cut") for line in lines] == ["cut0", "cut1", "cut2", None]


def test_a_line_is_found_by_name_and_by_cut(tmp_path: Path) -> None:
    folder = made(tmp_path, clips=200)
    names, cuts = Index(folder / FILES, "name"), Index(folder / FILES, "cut")
    assert all(names.line(f"videos/{number}.mp4") == cuts.line(f"cut{number}") for number in range(200))
    assert names.line("list.txt") is not None
    assert cuts.line("list.txt") is cuts.line("cut200") is names.line("") is None


def test_a_clip_is_taken_over_only_while_it_is_what_was_written(tmp_path: Path) -> None:
    found = former(made(tmp_path)).find("cut1")
    assert found is not None and found[0] == tmp_path / "videos" / "1.mp4"
    assert found[1].name == "videos/1.mp4"
    (tmp_path / "videos" / "1.mp4").write_bytes(b"rot")
    (tmp_path / "videos" / "2.mp4").unlink()
    assert former(tmp_path).find("cut1") is former(tmp_path).find("cut2") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99, "clapper": "9"}', "no json", '{"schema": 1}'])
def test_a_manifest_of_something_else_is_no_export(text: str, tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    assert opened(tmp_path) is None
    with pytest.raises(Usage, match="holds no export of Clapper"):
        former_at(tmp_path)


def test_an_export_without_its_list_of_files_is_not_replaced(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / FILES).unlink()
    with pytest.raises(Usage, match="holds no export of Clapper"):
        former_at(tmp_path)


def test_the_version_is_that_of_the_project() -> None:
    assert clapper_version().count(".") == 2

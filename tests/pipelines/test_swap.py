"""A folder is replaced whole, by one writer at a time, and what a killed one left behind is cleared away."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import swap
from pipelines.errors import Usage
from pipelines.swap import swapped_in


@pytest.fixture(params=["exchange", "two renames"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With and without a system that can swap two names in one step."""
    if request.param == "two renames":
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    return str(request.param)


def write(dest: Path, text: str) -> None:
    with swapped_in(dest) as folder:
        (folder / "file.txt").write_text(text)


def test_the_new_folder_takes_the_place_of_the_old_one(system: str, tmp_path: Path) -> None:
    dest = tmp_path / "deep" / "a [set]*"
    write(dest, "one")
    write(dest, "two")
    assert (dest / "file.txt").read_text() == "two"
    assert list(dest.parent.iterdir()) == [dest]


def test_this_system_can_swap_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert swap._exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "other").exists()
    assert (tmp_path / "other" / "one").exists()


def test_an_error_leaves_what_was_there(system: str, tmp_path: Path) -> None:
    write(tmp_path / "set", "one")
    with pytest.raises(RuntimeError), swapped_in(tmp_path / "set") as folder:
        (folder / "file.txt").write_text("half")
        raise RuntimeError
    assert (tmp_path / "set" / "file.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_leftovers_of_the_killed_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".set.part-123" / "videos").mkdir(parents=True)
    (tmp_path / ".set.old-123").mkdir()
    (tmp_path / ".settle.part-1").mkdir()  # another export's
    write(tmp_path / "set", "one")
    assert {path.name for path in tmp_path.iterdir()} == {"set", ".settle.part-1"}


def test_what_was_renamed_aside_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "set", "one")
    (tmp_path / "set").rename(tmp_path / ".set.old-123")
    with pytest.raises(RuntimeError), swapped_in(tmp_path / "set"):
        raise RuntimeError
    assert (tmp_path / "set" / "file.txt").read_text() == "one"


def test_two_writers_of_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with swapped_in(tmp_path / "set") as folder:
        (folder / "file.txt").write_text("one")
        with pytest.raises(Usage, match="another export"):
            write(tmp_path / "set", "two")
    assert (tmp_path / "set" / "file.txt").read_text() == "one"

"""What may be queued from a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.errors import Usage
from settings import Settings
from studio.inputs import checked, sample_videos


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"x")
    (tmp_path / "films_evil").mkdir()
    (tmp_path / "secret.mp4").write_bytes(b"x")
    return folder


@pytest.fixture
def narrow(settings: Settings, films: Path) -> Settings:
    return replace(settings, roots=(films,))


def test_on_ones_own_machine_anything_that_is_there(settings: Settings, films: Path) -> None:
    assert checked(settings, [f" {films} ", "", str(films / "a.mp4")]) == [str(films), str(films / "a.mp4")]


MISTAKES = [
    ([], "nothing to run"),
    (["  "], "nothing to run"),
    (["films"], "whole path"),
    (["~nobody-here/x"], "whole path"),
    (["/no/such/folder"], "not there"),
]


@pytest.mark.parametrize("given, says", MISTAKES)
def test_what_cannot_be_found(settings: Settings, given: list[str], says: str) -> None:
    with pytest.raises(Usage, match=says):
        checked(settings, given)


def test_roots_hold(narrow: Settings, films: Path) -> None:
    assert checked(narrow, [str(films / "a.mp4")])
    (films / "out").symlink_to(films.parent / "secret.mp4")
    for bad in ("/etc", f"{films}/../secret.mp4", f"{films}_evil", f"{films}/out", str(films.parent)):
        with pytest.raises(Usage, match="outside the folders"):
            checked(narrow, [bad])


def test_a_list_leads_nowhere_else(narrow: Settings, films: Path) -> None:
    good, bad = films / "good.txt", films / "bad.txt"
    good.write_text("a.mp4\n")
    bad.write_text(f"a.mp4\n{films.parent / 'secret.mp4'}\n")
    assert checked(narrow, [str(good)]) == [str(good)]
    with pytest.raises(Usage, match=r"bad\.txt names"):
        checked(narrow, [str(bad)])


def test_with_accounts_and_no_roots_only_uploads_and_samples(settings: Settings, films: Path) -> None:
    shared = replace(settings, auth=True)
    upload = settings.uploads / "20260101-abc"
    upload.mkdir(parents=True)
    assert checked(shared, [str(upload), str(sample_videos())])
    with pytest.raises(Usage, match="only uploads"):
        checked(shared, [str(films)])


def test_too_many_belong_into_a_list(settings: Settings, films: Path) -> None:
    with pytest.raises(Usage, match="list file"):
        checked(settings, [str(films)] * 201)


def test_the_samples_are_videos() -> None:
    assert {"a.mp4", "world.mp4"} <= {path.name for path in sample_videos().iterdir()}


def test_addresses_are_for_hosts_that_the_operator_listed(settings: Settings) -> None:
    listed = replace(settings, remote_hosts=("films.example",))
    assert checked(listed, ["https://films.example/a.mp4"]) == ["https://films.example/a.mp4"]
    with pytest.raises(Usage, match="--remote-host"):
        checked(settings, ["https://films.example/a.mp4"])
    with pytest.raises(Usage, match=r"other\.example is not among"):
        checked(listed, ["https://other.example/a.mp4"])

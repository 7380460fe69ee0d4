"""Everything a person may point at is either found or explained."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import ingest
from pipelines.errors import Cancelled, Refused
from pipelines.ingest import Found, Identity, Problem, content_hash, find, identify

NOBODY = 65534


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def given(items: Iterator[Found | Problem]) -> list[str]:
    return [item.given for item in items]


def problems(items: Iterator[Found | Problem]) -> list[tuple[str, str]]:
    return [(item.given, item.kind) for item in items if isinstance(item, Problem)]


@contextmanager
def without_privileges() -> Iterator[None]:
    """As root every file can be read; be somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that an account without privileges reaches."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class TestFolders:
    def test_all_videos_below_are_found_by_name(self, tmp_path: Path) -> None:
        for name in (
            "b.mp4",
            "a.MKV",
            "z/c.webm",
            "m/deep/er/d.mov",
            "notes.txt",
            "list.csv",
            "x.gif",
            "noext",
            "e.mp4.part",
        ):
            put(tmp_path / name)
        expected = ["a.MKV", "b.mp4", "m/deep/er/d.mov", "z/c.webm"]
        found = list(find(str(tmp_path)))
        assert found == [Found(str(tmp_path / name), str(tmp_path / name)) for name in expected]

    def test_what_was_written_is_what_is_shown(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path / "footage/day 1/a.mp4")
        monkeypatch.chdir(tmp_path)
        path = str(tmp_path / "footage/day 1/a.mp4")
        assert list(find("footage")) == [Found(path, "footage/day 1/a.mp4")]
        assert list(find("./footage/")) == [Found(path, "./footage/day 1/a.mp4")]
        assert list(find("footage/day 1/a.mp4")) == [Found(path, "footage/day 1/a.mp4")]

    def test_the_home_folder_may_be_abbreviated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path / "v/a.mp4")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert list(find("~/v")) == [Found(str(tmp_path / "v/a.mp4"), "~/v/a.mp4")]

    def test_hidden_files_and_folders_are_skipped(self, tmp_path: Path) -> None:
        for name in (".a.mp4", "._b.mp4", ".trash/c.mp4", "d.mp4"):
            put(tmp_path / name)
        assert given(find(str(tmp_path))) == [str(tmp_path / "d.mp4")]

    def test_same_name_in_two_folders_and_two_kinds_of_one_name(self, tmp_path: Path) -> None:
        for name in ("a.mp4", "a.mkv", "x/a.mp4"):
            put(tmp_path / name)
        assert len(list(find(str(tmp_path)))) == 3

    def test_link_loops_end_and_each_folder_is_read_once(self, tmp_path: Path) -> None:
        put(tmp_path / "a/v.mp4")
        (tmp_path / "a/self").symlink_to(".")
        (tmp_path / "a/up").symlink_to("..")
        (tmp_path / "b").symlink_to("a")
        (tmp_path / "round").symlink_to("round")
        assert given(find(str(tmp_path))) == [str(tmp_path / "a/v.mp4")]

    def test_odd_things_with_a_video_name_are_not_passed_over(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo.mp4")
        (tmp_path / "loop.mp4").symlink_to("loop.mp4")
        (tmp_path / "nowhere.mp4").symlink_to("gone.mp4")
        put(tmp_path / "folder.mp4/inside.mp4")
        names = ["fifo.mp4", "loop.mp4", "nowhere.mp4", "folder.mp4/inside.mp4"]
        assert given(find(str(tmp_path))) == [str(tmp_path / name) for name in names]

    @pytest.mark.parametrize(
        "name",
        [
            b"\xff\xfe bad.mp4",
            b"new\nline.mp4",
            b"-i.mp4",
            b"%03d.mp4",
            b"a:b.mp4",
            b" x .mp4",
            "é".encode() + b".mp4",
            b"\"'`$(x).mp4",
        ],
    )
    def test_odd_names_survive(self, tmp_path: Path, name: bytes) -> None:
        path = os.fsencode(tmp_path) + b"/" + name
        put(Path(os.fsdecode(path)), b"content")
        (found,) = find(str(tmp_path))
        assert isinstance(found, Found)
        assert os.fsencode(found.path) == path
        assert found.given.encode() == path.replace(b"\xff\xfe", b"??")
        assert identify(found.path).size_bytes == 7

    def test_deep_folders(self, tmp_path: Path) -> None:
        deep = tmp_path / "d"
        for _ in range(1200):
            deep.mkdir()
            deep = deep / "d"
        put(deep.parent / "a.mp4")
        assert given(find(str(tmp_path))) == [str(deep.parent / "a.mp4")]
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # deeper than pytest can tidy up

    def test_an_unreadable_folder_is_one_problem_and_the_rest_goes_on(self, public: Path) -> None:
        for name in ("a/v.mp4", "locked/v.mp4", "z/v.mp4"):
            put(public / name)
        (public / "locked").chmod(0o000)
        with without_privileges():
            items = list(find(str(public)))
        (public / "locked").chmod(0o755)
        assert [item.given for item in items] == [str(public / name) for name in ("a/v.mp4", "locked", "z/v.mp4")]
        assert problems(iter(items)) == [(str(public / "locked"), "permission_denied")]

    def test_a_folder_without_videos_says_so(self, tmp_path: Path) -> None:
        put(tmp_path / "a.doc")
        assert problems(find(str(tmp_path))) == [(str(tmp_path), "no_videos")]

    def test_an_address_is_left_to_be_fetched(self) -> None:
        assert list(find("http://example.com/a.mp4")) == [Found("http://example.com/a.mp4", "http://example.com/a.mp4")]

    @pytest.mark.parametrize("name", ["missing", "mis\0sing.mp4", "a/b.mp4", "\ud800.mp4"])
    def test_what_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.chdir(tmp_path)
        assert [kind for _, kind in problems(find(name))] == ["not_found"]

    def test_a_file_given_by_name_is_tried_whatever_it_is_called(self, tmp_path: Path) -> None:
        path = put(tmp_path / "clip.bin")
        assert list(find(str(path))) == [Found(str(path), str(path))]


class TestLists:
    def test_paths_are_relative_to_the_list(self, tmp_path: Path) -> None:
        put(tmp_path / "set/v/a.mp4")
        absolute = put(tmp_path / "b.mp4")
        listed = put(tmp_path / "set/list.txt", f"v/a.mp4\n../set/v/a.mp4\n{absolute}\n".encode())
        path = str(tmp_path / "set/v/a.mp4")
        assert list(find(str(listed))) == [
            Found(path, "v/a.mp4"),
            Found(path, "../set/v/a.mp4"),
            Found(str(absolute), str(absolute)),
        ]

    def test_or_to_a_root(self, tmp_path: Path) -> None:
        put(tmp_path / "store/a.mp4")
        listed = put(tmp_path / "list.csv", b"clip,path\na.mp4,wrong\n")
        expected = [Found(str(tmp_path / "store/a.mp4"), "a.mp4")]
        assert list(find(str(listed), root=str(tmp_path / "store"), column="clip")) == expected

    def test_a_missing_file_is_a_problem_with_its_line(self, tmp_path: Path) -> None:
        put(tmp_path / "b.mp4")
        listed = put(tmp_path / "list.csv", b"path\na.mp4\nb.mp4\n \n")
        first, second, third = find(str(listed))
        assert isinstance(first, Problem)
        assert (first.given, first.kind) == ("a.mp4", "not_found")
        assert f"line 2 of {listed}" in first.reason
        assert isinstance(second, Found)
        assert isinstance(third, Problem)
        assert third.kind == "bad_row"
        assert "line 4" in third.reason

    def test_a_list_may_name_folders_and_any_file(self, tmp_path: Path) -> None:
        put(tmp_path / "v/a.mp4")
        put(tmp_path / "clip.bin")
        listed = put(tmp_path / "list.json", b'["v", "clip.bin"]')
        assert given(find(str(listed))) == ["v/a.mp4", "clip.bin"]

    def test_names_in_other_encodings(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/\xff.mp4"
        put(Path(os.fsdecode(path)))
        listed = put(tmp_path / "list.txt", b"\xff.mp4\n")
        assert list(find(str(listed))) == [Found(os.fsdecode(path), "?.mp4")]

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.csv", b"id,title\n1,2\n", "missing_column"),
            ("a.json", b"{", "unreadable_list"),
            ("a.json", b"[]", "no_videos"),
            ("a.txt", b"", "empty_file"),
        ],
    )
    def test_a_list_of_no_use_is_one_problem(self, tmp_path: Path, name: str, content: bytes, kind: str) -> None:
        listed = put(tmp_path / name, content)
        assert problems(find(str(listed))) == [(str(listed), kind)]

    def test_a_pipe_called_like_a_list_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "list.txt")
        assert [kind for _, kind in problems(find(str(tmp_path / "list.txt")))] == ["not_regular_file"]

    def test_a_list_that_is_not_there(self, tmp_path: Path) -> None:
        assert [kind for _, kind in problems(find(str(tmp_path / "list.csv")))] == ["not_found"]


class TestIdentity:
    def test_of_a_file_and_of_a_link_to_it(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.mp4", b"12345")
        (tmp_path / "link.mp4").symlink_to("a.mp4")
        status = path.stat()
        expected = Identity(5, status.st_mtime_ns, status.st_ino)
        assert identify(str(path)) == identify(str(tmp_path / "link.mp4")) == expected

    @pytest.mark.parametrize(
        ("kind", "create"),
        [
            ("not_found", lambda path: None),
            ("not_found", lambda path: path.symlink_to("nowhere")),
            ("link_loop", lambda path: path.symlink_to(path.name)),
            ("empty_file", lambda path: path.touch()),
            ("not_regular_file", lambda path: path.mkdir()),
            ("not_regular_file", os.mkfifo),
            ("not_regular_file", lambda path: path.symlink_to("/dev/zero")),
        ],
    )
    def test_what_is_refused(self, tmp_path: Path, kind: str, create: Callable[[Path], object]) -> None:
        create(tmp_path / "x.mp4")
        for function in (identify, content_hash):
            with pytest.raises(Refused) as caught:
                function(str(tmp_path / "x.mp4"))
            assert caught.value.kind == kind

    def test_a_name_nothing_can_have(self) -> None:
        for name, kind in (("a\0b", "not_found"), ("\ud800", "not_found"), ("a" * 300, "name_too_long")):
            with pytest.raises(Refused) as caught:
                identify(name)
            assert caught.value.kind == kind

    def test_a_file_that_may_not_be_read(self, public: Path) -> None:
        put(public / "a.mp4").chmod(0o000)
        for function in (identify, content_hash):
            with without_privileges(), pytest.raises(Refused) as caught:
                function(str(public / "a.mp4"))
            assert caught.value.kind == "permission_denied"


class TestHash:
    @pytest.mark.parametrize("size", [1, 8 << 20, (8 << 20) + 1, 20 << 20])
    def test_is_the_sha256_of_the_bytes(self, tmp_path: Path, size: int) -> None:
        content = os.urandom(997) * (size // 997 + 1)
        path = put(tmp_path / "a.mp4", content[:size])
        (tmp_path / "link").symlink_to("a.mp4")
        expected = hashlib.sha256(content[:size]).hexdigest()
        assert content_hash(str(path)) == content_hash(str(tmp_path / "link")) == expected

    @pytest.mark.parametrize("change", ["grow", "shrink", "touch", "replace", "delete"])
    def test_a_file_that_changes_meanwhile(self, tmp_path: Path, change: str) -> None:
        path = put(tmp_path / "a.mp4", bytes(3 * ingest.BLOCK_BYTES))
        put(tmp_path / "b.mp4", bytes(3 * ingest.BLOCK_BYTES))
        changes: dict[str, Callable[[], object]] = {
            "grow": lambda: path.write_bytes(bytes(4 * ingest.BLOCK_BYTES)),
            "shrink": lambda: os.truncate(path, 100),
            "touch": lambda: os.utime(path, ns=(1, 1)),
            "replace": lambda: (tmp_path / "b.mp4").replace(path),
            "delete": path.unlink,
        }

        def meddle() -> bool:
            if change in changes:
                changes.pop(change)()
            return False

        with pytest.raises(Refused) as caught:
            content_hash(str(path), cancelled=meddle)
        assert caught.value.kind == ("not_found" if change == "delete" else "changed_during_read")

    def test_cancelling(self, tmp_path: Path) -> None:
        with pytest.raises(Cancelled):
            content_hash(str(put(tmp_path / "a.mp4")), cancelled=lambda: True)

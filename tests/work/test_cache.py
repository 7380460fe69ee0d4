"""Light copies take bounded room, and those nobody watched for longest go first."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.files import clip_folder
from work.cache import proxies, prune


def make(clips: Path, name: str, *, size: int, used_at: float) -> Path:
    path = clip_folder(clips, name * 32) / "proxy.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * size)
    (path.parent / "sheet.jpg").write_bytes(b"picture")
    os.utime(path, (used_at, 1.0))
    return path


def test_below_the_limit_nothing_goes(tmp_path: Path) -> None:
    made = [make(tmp_path, name, size=100, used_at=n + 10) for n, name in enumerate("abc")]
    assert prune(tmp_path, limit_bytes=300) == 0
    assert all(path.exists() for path in made)


def test_what_nobody_watched_for_longest_goes_first(tmp_path: Path) -> None:
    made = [make(tmp_path, name, size=100, used_at=used) for name, used in (("a", 30), ("b", 10), ("c", 20), ("d", 40))]
    assert prune(tmp_path, limit_bytes=250) == 2
    assert [path.exists() for path in made] == [True, False, False, True]
    assert all((path.parent / "sheet.jpg").exists() for path in made), "pictures stay"


def test_an_empty_or_missing_folder_is_no_error(tmp_path: Path) -> None:
    assert prune(tmp_path / "none", limit_bytes=0) == 0
    assert list(proxies(tmp_path)) == []

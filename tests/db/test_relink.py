"""A folder of videos moves: by place, size and time where that is enough, else by content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db import relink, results, sources
from db.session import Store
from pipelines.errors import Usage
from pipelines.ingest import content_hash, identify
from pipelines.records import Video
from pipelines.relocate import Lost, Match, relocate
from pipelines.wire import load
from tests.support.library import INFO

NAMES = ("a.mp4", "deep/b.mp4", "c.mp4", os.fsdecode(b"deep/caf\xe9.mp4"))


@pytest.fixture
def films(store: Store, tmp_path: Path) -> Path:
    """Four videos, known to the store."""
    for number, name in enumerate(NAMES):
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]) * 1000)
        with store.write() as session:
            found = identify(str(path))
            video = Video(content_hash(str(path)), str(path), found.size_bytes, load(results.VideoInfo, INFO))
            results.save_video(session, video, given="films", mtime_ns=found.mtime_ns, inode=found.inode)
    return tmp_path / "films"


def moved(store: Store, old: Path, new: Path) -> list[Match | Lost]:
    with store.read() as session:
        lost = relink.below(session, str(old), str(new))
    answers = list(relocate(lost, str(new)))
    with store.write() as session:
        relink.move(session, [one for one in answers if isinstance(one, Match)])
    return answers


def readable(store: Store) -> list[str | None]:
    with store.read() as session:
        return [sources.path_of(session, video_id) for video_id in range(1, len(NAMES) + 1)]


def test_a_moved_folder_is_believed_without_reading_it(store: Store, films: Path, tmp_path: Path) -> None:
    films.rename(tmp_path / "archive")
    assert readable(store) == [None] * 4
    answers = moved(store, films, tmp_path / "archive")
    assert [isinstance(one, Match) and one.by_content for one in answers] == [False] * 4
    assert readable(store) == [str(tmp_path / "archive" / name) for name in NAMES]


def test_what_was_copied_renamed_or_lost_is_told_by_content(store: Store, films: Path, tmp_path: Path) -> None:
    new = tmp_path / "archive"
    films.rename(new)
    os.utime(new / "a.mp4", ns=(1, 1))
    (new / "deep" / "b.mp4").rename(new / "other name.mov")
    (new / "c.mp4").write_bytes(b"x" * 1000)
    answers = {one.lost.path if isinstance(one, Match) else one.path: one for one in moved(store, films, new)}
    assert isinstance(answers[str(films / "c.mp4")], Lost), "another content of the same size is another video"
    assert readable(store) == [str(new / "a.mp4"), str(new / "other name.mov"), None, str(new / NAMES[3])]


def test_a_name_that_was_known_meanwhile_is_taken_over(store: Store, films: Path, tmp_path: Path) -> None:
    films.rename(tmp_path / "archive")
    path = tmp_path / "archive" / "a.mp4"
    found = identify(str(path))
    with store.write() as session:
        video = Video(content_hash(str(path)), str(path), found.size_bytes, load(results.VideoInfo, INFO))
        results.save_video(session, video, given="archive", mtime_ns=found.mtime_ns, inode=found.inode)
    moved(store, films, tmp_path / "archive")
    assert readable(store)[0] == str(path)


def test_a_folder_nobody_knows_is_named(store: Store, films: Path, tmp_path: Path) -> None:
    with store.read() as session, pytest.raises(Usage, match="no video is known in"):
        relink.below(session, str(tmp_path / "film"), str(tmp_path))

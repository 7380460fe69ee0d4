"""A backup is one sound moment of a library in use, and comes back only where nothing is lost by it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from db.backup import MANIFEST, backup, restore
from db.models import Caption, Clip, Event, Scan
from db.session import Store, open_store
from pipelines.errors import ClapperError, Usage
from settings import Settings
from tests.support.library import Made, add_clip, make_pictures


@pytest.fixture
def filled(settings: Settings, store: Store) -> Store:
    """Three clips; the pictures of the last are there."""
    with store.write() as session:
        clips = [add_clip(session, Made(text=f"Caption {number}.")) for number in range(3)]
        session.add(Scan(video_id=clips[0].video_id, digest="d", clip_ids=[clip.id for clip in clips], created_at=0.0))
        make_pictures(settings, clips[-1])
    return store


def texts(data: Path) -> list[str]:
    opened = open_store(data / "clapper.db")
    with opened.read() as session:
        found = [row.text for row in session.query(Caption).order_by(Caption.id)]
    opened.close()
    return found


def test_a_backup_comes_back_whole(settings: Settings, filled: Store, tmp_path: Path) -> None:
    made = backup(settings.database, tmp_path / "copy", clips=settings.clips)
    assert (made.rows["clips"], made.rows["captions"], made.clip_files) == (3, 3, True)
    assert json.loads((tmp_path / "copy" / MANIFEST).read_text())["rows"]["clips"] == 3
    assert not list((tmp_path / "copy").glob("clapper.db-*")), "one plain file"
    restore(tmp_path / "copy", tmp_path / "new")
    assert texts(tmp_path / "new") == ["Caption 0.", "Caption 1.", "Caption 2."]
    assert len(list((tmp_path / "new" / "clips").rglob("sheet.jpg"))) == 1


def test_people_go_on_while_a_backup_is_made(settings: Settings, filled: Store, tmp_path: Path) -> None:
    """Two rows of each transaction: a backup that held half of one would show it."""
    stop, begun, written = threading.Event(), threading.Event(), []

    def decide() -> None:
        while not stop.is_set():
            with filled.write() as session:
                for part in "ab":
                    key = f"{len(written)}{part}"
                    session.add(Event(key=key, at=0.0, actor="lin", kind="note", detail={"much": "x" * 5000}))
            written.append(len(written))
            begun.set()

    thread = threading.Thread(target=decide)
    thread.start()
    try:
        assert begun.wait(10)
        made = [backup(settings.database, tmp_path / "copy") for _ in range(5)]
    finally:
        stop.set()
        thread.join()
    counts = [one.rows["events"] for one in made]
    assert counts == sorted(counts) and counts[0] >= 2 and all(count % 2 == 0 for count in counts)
    assert len(written) > 1, "the writer was not held up"


def test_without_pictures_the_next_run_scans_again(settings: Settings, filled: Store, tmp_path: Path) -> None:
    backup(settings.database, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    opened = open_store(tmp_path / "new" / "clapper.db")
    with opened.read() as session:
        assert (session.query(Clip).count(), session.query(Scan).count()) == (3, 0)
    opened.close()


def test_a_folder_with_something_else_in_it_is_left_alone(settings: Settings, filled: Store, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "a.mp4").write_text("precious")
    with pytest.raises(Usage, match="no backup"):
        backup(settings.database, tmp_path / "films")
    assert (tmp_path / "films" / "a.mp4").read_text() == "precious"


def test_a_library_is_not_overwritten_unless_told(settings: Settings, filled: Store, tmp_path: Path) -> None:
    backup(settings.database, tmp_path / "copy")
    with filled.write() as session:
        add_clip(session, Made(text="Later."))
    with pytest.raises(Usage, match="--replace"):
        restore(tmp_path / "copy", settings.data)
    with pytest.raises(Usage, match="in use"):
        restore(tmp_path / "copy", settings.data, replace=True)
    filled.close()
    assert "Later." in texts(settings.data)
    restore(tmp_path / "copy", settings.data, replace=True)
    assert "Later." not in texts(settings.data)
    (aside,) = settings.data.glob("before-restore-*.db")
    aside.rename(tmp_path / "clapper.db")
    assert "Later." in texts(tmp_path), "what was there is kept"


def test_a_damaged_backup_changes_nothing(settings: Settings, filled: Store, tmp_path: Path) -> None:
    backup(settings.database, tmp_path / "copy")
    path = tmp_path / "copy" / "clapper.db"
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 9 * 4096] = b"\xff" * 4 * 4096
    path.write_bytes(data)
    filled.close()
    with pytest.raises(ClapperError, match="another backup"):
        restore(tmp_path / "copy", settings.data, replace=True)
    assert texts(settings.data) == ["Caption 0.", "Caption 1.", "Caption 2."]
    assert not list(settings.data.glob(".restoring*"))
    with pytest.raises(Usage, match="is no backup"):
        restore(tmp_path, tmp_path / "new")

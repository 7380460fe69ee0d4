"""A whole copy of the library while people and workers go on, and back.

DEST/
  clapper.db             one consistent moment, by SQLite's own backup; a plain file without a log beside it
  clips/                 sheets, posters and proxies, when asked for; they can be made again
  clapper_backup.json    when, of which schema, and how many rows each table holds
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from db import dbapi, schema
from db.models import Scan
from db.session import open_store
from pipelines.errors import ClapperError, Usage
from pipelines.swap import swapped_in, sync

DATABASE, CLIPS, MANIFEST = "clapper.db", "clips", "clapper_backup.json"
BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    made_at: float
    schema: str
    rows: dict[str, int]
    """How many each table has."""
    clip_files: bool


def backup(database: Path, dest: Path, *, clips: Path | None = None) -> Backup:
    """Copy the database to the folder `dest`, with the clip files below `clips` if given, and read the copy back.

    Nobody is held up. A former backup in `dest` is replaced in one step. Raises `Usage` for a folder that holds anything
    else, and `ClapperError` when the copy is not sound.
    """
    if dest.exists() and not (dest / MANIFEST).is_file() and (not dest.is_dir() or any(dest.iterdir())):
        raise Usage(f"{dest} holds something that is no backup; name a new or empty folder")
    with swapped_in(dest) as folder:
        _copy(database, folder / DATABASE)
        if clips is not None:
            _copy_files(clips, folder / CLIPS)
        made = Backup(time.time(), *_checked(folder / DATABASE), clip_files=clips is not None)
        (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    return made


def restore(source: Path, data: Path, *, replace: bool = False) -> Backup:
    """Make the backup in `source` the library of the folder `data`.

    Raises `Usage` where a library is there already, unless told to `replace` it: then its database is kept beside the new
    one under a name that says when, as long as nobody has it open."""
    if not (source / DATABASE).is_file():
        raise Usage(f"{source} is no backup: there is no {DATABASE} in it")
    database = data / DATABASE
    if data.exists() and any(data.iterdir()) and not replace:
        raise Usage(f"{data} is not empty; name another --data, or say --replace to put the backup in its place")
    data.mkdir(parents=True, exist_ok=True)
    with _beside(database) as copy:
        shutil.copyfile(source / DATABASE, copy)
        schema, rows = _checked(copy)
        _bring_up_to_date(copy, pictures=(source / CLIPS).is_dir() or (data / CLIPS).is_dir())
        _put_aside(database)
        copy.replace(database)
    if has_clips := (source / CLIPS).is_dir():
        _copy_files(source / CLIPS, data / CLIPS)
    sync(data)
    return Backup(time.time(), schema, rows, has_clips)


def _bring_up_to_date(database: Path, *, pictures: bool) -> None:
    """To the schema of this Clapper. Without pictures no scan counts as done, so that the next run makes them again."""
    store = open_store(database)
    if not pictures:
        with store.write() as session:
            session.execute(delete(Scan))
    store.close()
    _settle(database)


def _copy(database: Path, dest: Path) -> None:
    """In one step of SQLite's backup: a snapshot, however much is written meanwhile."""
    with closing(_opened(database)) as source, closing(_opened(dest)) as copy:
        source.backup(copy)
    _settle(dest)


def _opened(path: Path) -> Any:
    return dbapi.module.connect(path, timeout=10, isolation_level=None)


def _settle(path: Path) -> None:
    """Into one plain file: nothing is left in a log, and no reader will need to make one."""
    with closing(_opened(path)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    assert mode == "delete", "nobody else has the copy open"
    sync(path)


def _checked(path: Path) -> tuple[str, dict[str, int]]:
    """Schema and rows of a database that was read from end to end. Raises `ClapperError` for one that is damaged."""
    try:
        with closing(dbapi.module.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as connection:
            (sound,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            rows = {name: _rows(connection, name) for name in sorted(tables) if "_fts" not in name}
            (revision,) = connection.execute(f"SELECT version_num FROM {schema.TABLE}").fetchone()
    except dbapi.module.DatabaseError as error:
        raise ClapperError(f"{path} is no database of Clapper ({error}); take another backup") from None
    if sound != "ok":
        raise ClapperError(f"{path} is damaged ({sound}); take another backup")
    del rows[schema.TABLE]
    return str(revision), rows


def _rows(connection: Any, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _copy_files(source: Path, dest: Path) -> None:
    """All but what is being written at this moment, whose names begin with a dot. What vanishes meanwhile was a copy."""
    for root, folders, files in os.walk(source):
        folders.sort()
        place = dest / Path(root).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in (name for name in files if not name.startswith(".")):
            try:
                shutil.copy2(Path(root, name), place / name)
            except FileNotFoundError:
                continue


@contextmanager
def _beside(database: Path) -> Iterator[Path]:
    """A name in the same folder; whatever is left under it goes at the end."""
    copy = database.with_name(f".restoring-{os.getpid()}.db")
    try:
        yield copy
    finally:
        for path in (copy, copy.with_suffix(".lock"), *(Path(f"{copy}{end}") for end in BESIDE)):
            path.unlink(missing_ok=True)


def _put_aside(database: Path) -> None:
    """Give a former database another name. Raises `Usage` while anybody has it open."""
    if not database.exists():
        return
    try:
        with closing(_opened(database)) as connection:
            connection.execute("PRAGMA busy_timeout = 500")
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()  # asks for it alone, and empties its log
    except dbapi.module.OperationalError:
        mode = "wal"
    except dbapi.module.DatabaseError:  # damaged: the very reason to restore
        mode = "delete"
    if mode != "delete":
        raise Usage(f"{database} is in use; stop the studio and its workers first")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for end in ("", *BESIDE):
        if (path := Path(f"{database}{end}")).exists():
            path.rename(database.with_name(f"before-restore-{stamp}.db{end}"))

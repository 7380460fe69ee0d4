"""The database opens safely: our SQLite, our pragmas, migrations up to date, a newer one untouched."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import sqlite_utils
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db import dbapi
from db.models import Base, Event
from db.session import Store, open_store
from pipelines.errors import Usage


def test_the_sqlite_in_use_has_the_wal_fix_and_is_the_only_one(store: Store) -> None:
    assert dbapi.is_safe(dbapi.version)
    assert sqlite_utils.db.sqlite3.sqlite_version == dbapi.module.sqlite_version
    assert type(sqlite_utils.Database(memory=True).conn).__module__ == dbapi.module.Connection.__module__


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 40, 1), False),
    ],
)
def test_which_versions_are_safe(version: tuple[int, ...], safe: bool) -> None:
    assert dbapi.is_safe(version) is safe


def test_pragmas_hold_on_every_connection(store: Store) -> None:
    with store.read() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_migrations_give_exactly_the_tables_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: "_fts" not in (name or "")}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_is_strict(store: Store) -> None:
    with store.read() as session:
        loose = session.execute(
            text("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND schema = 'main'")
        )
        assert {name for (name,) in loose if not name.startswith("sqlite_") and "_fts" not in name} == {"alembic_version"}


def test_a_database_of_a_newer_clapper_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "clapper.db"
    made = open_store(path)
    with made.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(Usage, match="newer Clapper"):
        open_store(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from db.session import open_store; open_store(Path(sys.argv[1])).close()"
    path = tmp_path / "data" / "clapper.db"
    root = Path(__file__).parents[2]
    started = [subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=root, stderr=subprocess.PIPE) for _ in range(4)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_what_fails_within_a_block_leaves_nothing(store: Store) -> None:
    event = {"key": "k", "at": 0.0, "actor": "lin", "kind": "accept", "detail": {}}
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.add(Event(**event))
        session.flush()
        _ = 1 // 0
    with store.read() as session:
        assert session.query(Event).count() == 0


@pytest.mark.parametrize("verb", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_events_are_only_ever_appended(store: Store, verb: str) -> None:
    with store.write() as session:
        session.add(Event(key="k", at=0.0, actor="lin", kind="accept", detail={}))
    with pytest.raises(IntegrityError, match="only ever appended"), store.write() as session:
        session.execute(text(verb))


def test_a_reader_with_an_old_snapshot_blocks_nobody(store: Store) -> None:
    with store.read() as old:
        assert old.query(Event).count() == 0
        with store.write() as session:
            session.add(Event(key="k", at=0.0, actor="lin", kind="accept", detail={}))
        assert old.query(Event).count() == 0
    with store.read() as fresh:
        assert fresh.query(Event).count() == 1

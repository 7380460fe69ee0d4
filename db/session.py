"""Opening the database: pragmas, and the only place that commits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from db import dbapi, schema, search

PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "synchronous = FULL",  # an acknowledged decision survives a power cut
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",
    "journal_size_limit = 67108864",
)


class Store:
    """The database. Sessions come from `write` and `read` and end with the block; nothing else commits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, expire_on_commit=False)
        self._read = sessionmaker(engine.execution_options(begin="BEGIN"), expire_on_commit=False)
        self._turn = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A short transaction that takes the write lock at once; commits at the end of the block.

        Threads of this process take turns before they ask SQLite, which would let them sleep for ever longer instead."""
        with self._turn, self._write.begin() as session:
            yield session
            search.catch_up(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to read from; it blocks nobody."""
        with self._read() as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_store(path: Path) -> Store:
    """Open the database at `path`, making it or bringing it up to date first. A newer one is refused, untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(path)
    try:
        schema.bring_up_to_date(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def make_engine(path: Path) -> Engine:
    """An engine with our SQLite, our pragmas, and `BEGIN IMMEDIATE` unless the caller only reads."""
    engine = create_engine(f"sqlite:///{path}", module=dbapi.module, pool_size=20, max_overflow=20)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN IMMEDIATE"))

    return engine

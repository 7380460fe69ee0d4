"""Full-text search over captions and text on screen, by SQLite's FTS5 through sqlite-utils."""

from __future__ import annotations

import re
from typing import Any

import sqlite_utils
from sqlalchemy import ColumnElement, Engine, Integer, column, text
from sqlalchemy.orm import InstrumentedAttribute

INDEXED = ("captions", "facts")
"""Tables whose column `text` is searched; triggers keep their index true."""


def ensure_index(engine: Engine) -> None:
    """Make the index where it is missing. Safe to repeat: a killed start leaves nothing half done that matters."""
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        tables = sqlite_utils.Database(raw)
        for name in INDEXED:
            table = tables.table(name)
            if table.detect_fts() is None:
                table.enable_fts(["text"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")


def quoted(query: str) -> str:
    """What a person typed as an FTS5 query: every word must occur, the last may be unfinished. Never a syntax error."""
    words = re.findall(r"\w+", query.replace("\x00", " "))
    return " ".join(f'"{word}"' for word in words) + ("*" if words else "")


def matches(query: str, clip_id: InstrumentedAttribute[int]) -> ColumnElement[bool] | None:
    """A condition on clips whose captions, old or new, or text on screen hold all words; None when there are no words."""
    wanted = quoted(query)
    if not wanted:
        return None
    found = " UNION ".join(
        f"SELECT t.clip_id FROM {table}_fts f JOIN {table} t ON t.rowid = f.rowid WHERE {table}_fts MATCH :words"
        for table in INDEXED
    )
    return clip_id.in_(text(found).bindparams(words=wanted).columns(column("clip_id", Integer)))

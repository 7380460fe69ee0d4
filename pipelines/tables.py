"""Lists of rows on disk, written as they come: a JSON array, JSON lines, CSV, Parquet. The ending of the name decides."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

Row = Mapping[str, Any]
Columns = Mapping[str, type]
"""Names with str, int, float, bool or list (of text), in order."""
Add = Callable[[Row], None]

ROW_GROUP = 5000
"""Rows of a Parquet file that are held in memory together."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets (CWE-1236); OWASP advises a quote before it."""


@contextmanager
def table(path: Path, columns: Columns, *, guarded: bool = True) -> Iterator[Add]:
    """A function that adds a row to the list at `path`; the list is whole when the block ends.

    `guarded` puts a quote before text in CSV that a spreadsheet would run."""
    if path.suffix == ".parquet":
        with _parquet(path, columns) as add:
            yield add
        return
    with path.open("w", encoding="utf-8", newline="\n") as file:
        adding = _csv(file, columns, guarded) if path.suffix == ".csv" else _lines(file) if path.suffix == ".jsonl" else None
        if adding:
            yield adding
        else:
            with _array(file) as add:
                yield add


def shown(ending: str, columns: Columns, rows: Iterable[Row], *, guarded: bool = True) -> str:
    """The rows as text, as they will stand in the list; Parquet, which is no text, as JSON lines."""
    file = io.StringIO()
    if ending == ".csv":
        adding = _csv(file, columns, guarded)
    elif ending == ".json":
        with _array(file) as adding:
            for row in rows:
                adding(row)
        return file.getvalue()
    else:
        adding = _lines(file)
    for row in rows:
        adding(row)
    return file.getvalue()


def guard(value: Any) -> Any:
    """A cell that no spreadsheet runs; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_json(value: Any) -> str:
    """One line, readable, and the same every time."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _lines(file: IO[str]) -> Add:
    return lambda row: _write(file, as_json(row) + "\n")


def _csv(file: IO[str], columns: Columns, guarded: bool) -> Add:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    clean = guard if guarded else lambda value: value
    return lambda row: writer.writerow([clean(row[name]) for name in columns])


@contextmanager
def _array(file: IO[str]) -> Iterator[Add]:
    begun = False

    def add(row: Row) -> None:
        nonlocal begun
        lines = json.dumps(row, ensure_ascii=False, indent=2, allow_nan=False).splitlines()
        _write(file, (",\n" if begun else "[\n") + "\n".join("  " + line for line in lines))
        begun = True

    yield add
    _write(file, "\n]\n" if begun else "[]\n")


@contextmanager
def _parquet(path: Path, columns: Columns) -> Iterator[Add]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), list: pa.list_(pa.string())}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    waiting: list[Row] = []

    def add(row: Row) -> None:
        waiting.append({name: row[name] for name in columns})
        if len(waiting) >= ROW_GROUP:
            flush()

    def flush() -> None:
        writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
        waiting.clear()

    with ParquetWriter(path, schema, compression="zstd") as writer:
        yield add
        if waiting:
            flush()


def _write(file: IO[str], text: str) -> None:
    file.write(text)

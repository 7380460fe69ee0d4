"""Lists of files: txt, csv, tsv, jsonl, json, parquet, whoever wrote them.

Read as UTF-8, with or without a byte order mark; other bytes survive as surrogate escapes, as they do in file names.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from pipelines.errors import Refused

COLUMNS = ("path", "video_path", "file_path", "video", "file")
"""Where published lists keep their paths, tried after the name that was asked for."""

ROWS_AT_ONCE = 1000
Reader = Callable[[Path], Iterator[tuple[int, Any]]]


class ListError(Refused):
    """A list cannot be used at all."""


def rows(path: str, column: str = "path") -> Iterator[tuple[int, str | None]]:
    """Line number and path of each entry; None for an entry that names nothing. Raises `ListError`.

    In a json array, and in parquet, the entries are counted, from one.
    """
    yield from _paths(entries(path), column)


def entries(path: str) -> Iterator[tuple[int, Any]]:
    """Line number and content of each entry: a text, or a table's row as names to values. Raises `ListError`."""
    reader = LISTS[Path(path).suffix.lower()]
    try:
        yield from reader(Path(path))
    except ListError:
        raise
    except (OSError, csv.Error, ValueError, NotImplementedError, RecursionError) as error:
        raise ListError(
            "unreadable_list", f"the list cannot be read ({error}); is it whole, and of the kind its name says?"
        ) from None


def _paths(entries: Iterator[tuple[int, Any]], column: str) -> Iterator[tuple[int, str | None]]:
    """Texts as they are; of tables the column that the first row decides."""
    name: str | None = None
    for line, entry in entries:
        if isinstance(entry, dict):
            name = name or path_column(column, list(entry))
            entry = entry.get(name)
        yield line, entry if isinstance(entry, str) and entry.strip() else None


def path_column(column: str, there: list[str]) -> str:
    """The column that holds paths: the one asked for, else one where published lists keep them. Raises `ListError`."""
    for name in (column, *COLUMNS):
        if name in there:
            return name
    names = ", ".join(str(name) for name in there)
    raise ListError("missing_column", f"the list has no column {column!r}; it has {names}")


def _txt(file: TextIO) -> Iterator[tuple[int, Any]]:
    for line, text in enumerate(file, 1):
        if text.strip() and not text.startswith("#"):
            yield line, text.strip()


def _csv(file: TextIO) -> Iterator[tuple[int, Any]]:
    """The first line names the columns and shows what separates them."""
    header = file.readline()
    reader = csv.DictReader(chain([header], file), delimiter=max(",;\t", key=header.count), skipinitialspace=True)
    for row in reader:
        yield reader.line_num, {key.strip(): value for key, value in row.items() if key is not None}


def _jsonl(file: TextIO) -> Iterator[tuple[int, Any]]:
    for line, text in enumerate(file, 1):
        if text.strip():
            try:
                yield line, json.loads(text)
            except (ValueError, RecursionError):
                yield line, None


def _json(file: TextIO) -> Iterator[tuple[int, Any]]:
    entries = json.load(file)
    if not isinstance(entries, list):
        raise ListError("unreadable_list", 'the list is no JSON array; write ["a.mp4", …] or [{"path": "a.mp4"}, …]')
    yield from enumerate(entries, 1)


def _parquet(path: Path) -> Iterator[tuple[int, Any]]:
    import pyarrow.parquet as pq  # heavy, and few lists are of this kind

    with pq.ParquetFile(path) as file:
        entries = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(batch_size=ROWS_AT_ONCE))
        yield from enumerate(entries, 1)


def _text(reader: Callable[[TextIO], Iterator[tuple[int, Any]]]) -> Reader:
    def read(path: Path) -> Iterator[tuple[int, Any]]:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from reader(file)

    return read


LISTS: dict[str, Reader] = {
    ".txt": _text(_txt),
    ".csv": _text(_csv),
    ".tsv": _text(_csv),
    ".jsonl": _text(_jsonl),
    ".ndjson": _text(_jsonl),
    ".json": _text(_json),
    ".parquet": _parquet,
}

"""Lists of files: txt, csv, tsv, jsonl, json, whoever wrote them.

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


class ListError(Refused):
    """A list cannot be used at all."""


def rows(path: str, column: str = "path") -> Iterator[tuple[int, str | None]]:
    """Line number and path of each entry; None for an entry that names nothing. Raises `ListError`.

    In a json array the entries are counted, from one.
    """
    reader = LISTS[Path(path).suffix.lower()]
    try:
        with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _paths(reader(file), column)
    except (OSError, csv.Error, ValueError, RecursionError) as error:
        raise ListError(
            "unreadable_list", f"the list cannot be read ({error}); is it whole, and of the kind its name says?"
        ) from None


def _paths(entries: Iterator[tuple[int, Any]], column: str) -> Iterator[tuple[int, str | None]]:
    """Texts as they are; of tables the column that the first row decides."""
    name: str | None = None
    for line, entry in entries:
        if isinstance(entry, dict):
            name = name or _choose(column, list(entry))
            entry = entry.get(name)
        yield line, entry if isinstance(entry, str) and entry.strip() else None


def _choose(column: str, there: list[str]) -> str:
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


LISTS: dict[str, Callable[[TextIO], Iterator[tuple[int, Any]]]] = {
    ".txt": _txt,
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
}

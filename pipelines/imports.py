"""What others knew already: lists with times, captions and scores, read as records; each format is a file in `importers/`.

list or folder ─▶ importer ─▶ Taken     a stretch of a file, and what is said of it
                          └─▶ Problem   a line that cannot be used; the rest goes on
"""

# Paths stay text here, as they were written:
# ruff: noqa: PTH100, PTH111, PTH112, PTH118

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pipelines.errors import Refused, Usage
from pipelines.ingest import Problem, identify, is_url, shown
from pipelines.lists import LISTS, entries, path_column
from pipelines.records import Caption, Fact, Score
from pipelines.registry import Registry

AUTO = "auto"
FOLDERS, TABLES = "sidecar", "table"
"""Who reads a folder, and a list that nobody else knows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch of a file, and what somebody else knew of it."""

    path: str
    """Absolute, with undecodable bytes as surrogate escapes; or an address to fetch it from."""
    given: str
    """As the list has it, fit for showing."""
    start_s: float = 0.0
    end_s: float | None = None
    """None is the end of the file."""
    exact: bool = True
    """It is a clip as it stands; else a scene that is still to be divided into clips."""
    captions: tuple[Caption, ...] = ()
    scores: tuple[Score, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A list or a folder, and how a person says it is to be read."""

    path: str
    given: str
    root: str
    """Folder that paths in it are relative to."""
    column: str = "path"
    caption_column: str = ""
    score_columns: tuple[str, ...] = ()


class Importer(ABC):
    """Reads one format."""

    name: ClassVar[str]
    about: ClassVar[str]
    marks: ClassVar[frozenset[str]] = frozenset()
    """Columns that only lists of this format have."""

    @abstractmethod
    def read(self, source: Source) -> Iterator[Taken | Problem]:
        """Everything in it. May raise `Refused` when it cannot be read at all."""


class TableImporter(Importer):
    """A format in which each row names a file."""

    @abstractmethod
    def row(self, row: Mapping[str, Any], source: Source, place: Taken) -> Iterable[Taken]:
        """What a row says of the file at `place`. May raise `Refused` for a row that makes no sense."""

    def read(self, source: Source) -> Iterator[Taken | Problem]:
        column = ""
        for line, entry in entries(source.path):
            where = f"line {line} of {source.given}"
            row = entry if isinstance(entry, dict) else {source.column: entry}
            column = column or path_column(source.column, list(row))
            try:
                yield from self.row(row, source, _place(row.get(column), source.root))
            except Refused as problem:
                yield Problem(where, problem.kind, f"{where}: {problem}")


IMPORTERS: Registry[Importer] = Registry("pipelines.importers")


def read(source: Source, *, importer: str = AUTO) -> Iterator[Taken | Problem]:
    """All that the importer, or the one that fits, finds in `source`. Raises `Usage` for a name nobody has."""
    try:
        if not os.path.isdir(source.path):
            identify(source.path)
        yield from IMPORTERS[choose(source) if importer == AUTO else importer]().read(source)
    except Refused as error:
        yield Problem(source.given, error.kind, str(error))


def source(given: str, *, root: str | None = None, **columns: Any) -> Source:
    """A source as a person names it. Raises `Usage` for what is neither a folder nor a list."""
    path = os.path.abspath(os.path.expanduser(given))
    extension = os.path.splitext(path)[1].lower()  # noqa: PTH122
    if not os.path.isdir(path) and extension not in LISTS:
        raise Usage(f"{shown(given)} is neither a folder nor a list ({', '.join(sorted(LISTS))}); name one of these")
    folder = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH120
    return Source(path, shown(given), root or folder, **columns)


def choose(source: Source) -> str:
    """The importer whose marks the first row has; a folder is read by `sidecar`, any other list by `table`."""
    if os.path.isdir(source.path):
        return FOLDERS
    first = next((entry for _, entry in entries(source.path) if isinstance(entry, dict)), {})
    return next((name for name, cls in IMPORTERS if cls.marks & set(first)), TABLES)


def captions(row: Mapping[str, Any], columns: Iterable[str], model: str) -> tuple[Caption, ...]:
    """The texts in these columns, each once; a list of texts is joined."""
    texts = [" ".join(map(str, value)) if isinstance(value, list) else value for value in map(row.get, columns)]
    said = dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip())
    return tuple(Caption(text, model=model) for text in said)


def number(value: Any) -> float | None:
    """A number, or a text that is one; None for anything else, and for what is not finite."""
    try:
        found = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
    return found if found is not None and math.isfinite(found) else None


def seconds(value: Any) -> float:
    """ "00:01:02.500" or a number, as seconds. Raises `Refused`."""
    parts = [number(part) for part in str(value).split(":")]
    if not 1 <= len(parts) <= 3 or any(part is None or part < 0 for part in parts):
        raise Refused("bad_row", f"{value!r} is no time; write seconds or hours:minutes:seconds")
    return math.fsum((part or 0.0) * 60.0**power for power, part in enumerate(reversed(parts)))


def _place(entry: Any, root: str) -> Taken:
    if not isinstance(entry, str) or not entry.strip():
        raise Refused("bad_row", "it names no file; correct or remove it")
    return Taken(entry if is_url(entry) else os.path.abspath(os.path.join(root, entry)), shown(entry))

"""Any list: a column of paths, and columns of captions, scores and times where there are some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pipelines.errors import Refused
from pipelines.imports import IMPORTERS, Source, TableImporter, Taken, captions, number, seconds
from pipelines.records import Score

CAPTIONS = ("caption", "text", "prompt", "description")
STARTS, ENDS = ("start_s", "start"), ("end_s", "end")


@IMPORTERS.register
class Table(TableImporter):
    """Columns as a person names them, or by the names that most lists use."""

    name: ClassVar[str] = "table"
    about: ClassVar[str] = "Any list: paths, and captions, scores and times by the columns that are named."

    def row(self, row: Mapping[str, Any], source: Source, place: Taken) -> Iterable[Taken]:
        for wanted in filter(None, (source.caption_column, *source.score_columns)):
            if wanted not in row:
                raise Refused("missing_column", f"it has no column {wanted!r}; it has {', '.join(map(str, row))}")
        columns = [source.caption_column] if source.caption_column else [next((one for one in CAPTIONS if one in row), "")]
        start, end = _first(row, STARTS), _first(row, ENDS)
        yield replace(
            place,
            start_s=0.0 if start is None else seconds(start),
            end_s=None if end is None else seconds(end),
            captions=captions(row, columns, model=columns[0]),
            scores=tuple(_scores(row, source.score_columns)),
        )


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _scores(row: Mapping[str, Any], columns: Iterable[str]) -> Iterable[Score]:
    for name in columns:
        if (value := number(row[name])) is not None:
            yield Score(name, value)

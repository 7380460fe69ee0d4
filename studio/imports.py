"""Lists and folders with captions, from the browser: how they are to be read, and what they would bring."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from db.runs import Input
from pipelines import imports, known
from pipelines.errors import Usage
from pipelines.imports import AUTO, IMPORTERS, Source, Taken
from pipelines.ingest import Problem, is_url
from settings import Settings
from studio.inputs import must_be_allowed

READ = "read"
"""What the fields of `Reading` are called in a form: "read.column"."""
MOST_ROWS = 100_000
FORMATS = [AUTO, *(name for name, _ in IMPORTERS)]


class Reading(BaseModel):
    """How somebody's list is to be read; the same words as on the command line."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    format: str = Field(AUTO, description="auto takes the one that fits", json_schema_extra={"enum": [*FORMATS]})
    caption_column: str = Field("", max_length=200, description="Column that holds the caption; the usual names by default")
    column: str = Field("path", max_length=200, title="Path column", description="Column that holds the path of the video")
    root: str = Field(
        "",
        max_length=4096,
        title="Folder of the videos",
        description="What the paths are relative to; the list's own folder by default",
    )
    scores: str = Field(
        "", max_length=2000, title="Score columns", description="Columns to take over as scores, commas between them"
    )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Reading:
        """Out of a form's values."""
        return cls.model_validate(
            {name: values[f"{READ}.{name}"] for name in cls.model_fields if f"{READ}.{name}" in values}
        )

    @classmethod
    def like(cls, given: Input) -> Reading:
        """As a former run's input was read."""
        scores = ", ".join(given.score_columns)
        return cls(
            format=given.take, caption_column=given.caption_column, column=given.column, root=given.root or "", scores=scores
        )

    def values(self) -> dict[str, Any]:
        """As a form's values."""
        return {f"{READ}.{name}": value for name, value in self}

    @property
    def score_columns(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.scores.split(",") if one.strip())

    def options(self) -> list[str]:
        """What differs from the usual, as options of `app.py import`."""
        told = {"--format": (self.format, AUTO), "--root": (self.root, ""), "--column": (self.column, "path")}
        told["--caption-column"] = (self.caption_column, "")
        words = [word for option, (value, usual) in told.items() if value != usual for word in (option, value)]
        return [*words, *(word for one in self.score_columns for word in ("--score", one))]

    def input(self, path: str) -> Input:
        """What a worker is asked to read. Raises `Usage` for a format nobody knows, and for another library's export."""
        if self.format not in FORMATS:
            raise Usage(f"there is no format {self.format!r}; known: {', '.join(FORMATS)}")
        if known.listing(Path(path)):
            raise Usage(f"{path} is a whole library's export; bring it with its decisions by: python app.py import {path}")
        return Input(path, self.root or None, self.column or "path", self.format, self.caption_column, self.score_columns)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an import would bring."""

    clips: int
    captions: int
    lost: int
    """Clips whose video is not where the list says."""
    problems: tuple[str, ...]
    more: bool
    """There are more rows than were looked at."""


def inputs_of(settings: Settings, paths: Sequence[str], reading: Reading) -> list[Input]:
    """What is to be read. Raises `Usage` when anything in it leads where this studio may not look."""
    found = [reading.input(path) for path in paths]
    for one in found:
        must_be_allowed(settings, (taken.path for taken in _read(one) if isinstance(taken, Taken)), one.path)
    return found


def outlook(inputs: Sequence[Input]) -> Outlook:
    """Read the lists, and look whether the videos are there; no video is opened."""
    found = list(islice((one for given in inputs for one in _read(given)), MOST_ROWS + 1))
    taken = [one for one in found[:MOST_ROWS] if isinstance(one, Taken)]
    here: dict[str, bool] = {one.path: is_url(one.path) or os.path.isfile(one.path) for one in taken}  # noqa: PTH113
    return Outlook(
        clips=len(taken),
        captions=sum(len(one.captions) for one in taken),
        lost=sum(not here[one.path] for one in taken),
        problems=tuple(one.reason for one in found[:MOST_ROWS] if isinstance(one, Problem)),
        more=len(found) > MOST_ROWS,
    )


def _read(one: Input) -> Iterator[Taken | Problem]:
    source: Source = imports.source(
        one.path, root=one.root, column=one.column, caption_column=one.caption_column, score_columns=one.score_columns
    )
    return imports.read(source, importer=one.take)

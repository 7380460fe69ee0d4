"""The data set file of the LTX-Video trainer.

dataset.csv, dataset.jsonl or dataset.json     caption, media_path (relative to the file)
videos/                                        one clip a row
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Cells, Listing, one_line
from pipelines.records import Sample
from pipelines.tables import Columns, Row


@EXPORTERS.register
class Ltx(Cells, Listing):
    """Captions and paths under the column names that its preprocessing expects."""

    name = "ltx"
    about = "dataset.csv, .jsonl or .json with caption and media_path, as the trainer of LTX-Video preprocesses it."
    columns: ClassVar[Columns] = {"caption": str, "media_path": str}

    table: Literal["jsonl", "csv", "json"] = Field("jsonl", title="List", description="Which of the three kinds it reads")

    def list_name(self) -> str:
        return f"dataset.{self.table}"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        yield {"caption": one_line(sample.text), "media_path": file.name}

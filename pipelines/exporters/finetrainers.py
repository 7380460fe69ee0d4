"""A video folder as finetrainers and other trainers on `datasets` read it.

metadata.csv or metadata.jsonl     file_name, caption
videos/                            one clip a row
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
class Finetrainers(Cells, Listing):
    """Captions and file names under the column names that finetrainers expects."""

    name = "finetrainers"
    about = "metadata.csv or .jsonl with file_name and caption beside a folder of clips, for finetrainers."
    columns: ClassVar[Columns] = {"file_name": str, "caption": str}

    table: Literal["jsonl", "csv"] = Field("jsonl", title="List", description="Which of the two kinds it reads")

    def list_name(self) -> str:
        return f"metadata.{self.table}"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        yield {"file_name": file.name, "caption": one_line(sample.text)}

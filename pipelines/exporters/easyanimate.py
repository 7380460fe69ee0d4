"""The training list of EasyAnimate and VideoX-Fun.

meta_train_info.json     [{"file_path": "videos/….mp4", "text": "…", "type": "video"}, …]; or meta_train_info.csv
videos/                  one clip a row
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
class EasyAnimate(Cells, Listing):
    """One list with paths relative to its folder."""

    name = "easyanimate"
    about = "meta_train_info.json beside a folder of clips, as the trainers of EasyAnimate and VideoX-Fun read it."
    columns: ClassVar[Columns] = {"file_path": str, "text": str, "type": str}

    table: Literal["json", "csv"] = Field("json", title="List", description="The trainers read a JSON array or a CSV")

    def list_name(self) -> str:
        return f"meta_train_info.{self.table}"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        yield {"file_path": file.name, "text": one_line(sample.text), "type": "video"}

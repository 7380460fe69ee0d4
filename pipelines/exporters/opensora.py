"""The training list of Open-Sora.

meta.csv     path,text,num_frames,fps,height,width,aspect_ratio,resolution,text_len
videos/      one clip a row

`aspect_ratio` is height over width, `resolution` height times width, `text_len` the number of T5 tokens, as the tools of
Open-Sora write them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from pydantic import Field

from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Cells, Listing, one_line
from pipelines.records import Sample
from pipelines.tables import Columns, Row
from pipelines.token_count import estimate


@EXPORTERS.register
class OpenSora(Cells, Listing):
    """A CSV with what the bucket sampler of Open-Sora asks of each clip."""

    name = "opensora"
    about = "meta.csv with frames, rate, size and text length beside a folder of clips, as Open-Sora's trainers read it."
    columns: ClassVar[Columns] = {
        "path": str, "text": str, "num_frames": int, "fps": float, "height": int, "width": int, "aspect_ratio": float,
        "resolution": int, "text_len": int,
    }  # fmt: skip

    root: str = Field(
        "",
        title="Folder at the trainer",
        description="Put before each path, for example the place this folder will have; empty leaves paths relative",
    )

    def list_name(self) -> str:
        return "meta.csv"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        text = one_line(sample.text)
        yield {
            "path": str(PurePosixPath(self.root) / file.name),
            "text": text,
            "num_frames": file.frames,
            "fps": round(file.fps, 4),
            "height": file.height,
            "width": file.width,
            "aspect_ratio": round(file.height / file.width, 6),
            "resolution": file.height * file.width,
            "text_len": estimate(text),
        }

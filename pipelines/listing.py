"""What the list formats share: names of clips, captions on one line, and exporters that write one list beside a folder."""

from __future__ import annotations

import os
import re
import unicodedata
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import ClassVar

from pydantic import BaseModel, Field

from pipelines.kinds import ClipFile, Cutter, Exporter
from pipelines.records import Sample
from pipelines.tables import Columns, Row, shown, table

SLUG_LENGTH = 40


def clip_stem(sample: Sample) -> str:
    """A name that is portable, the same every time, and no other clip's: source, start in milliseconds, clip key."""
    stem = unicodedata.normalize("NFKD", Path(sample.clip.video.name).stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower())[:SLUG_LENGTH].strip("-") or "video"
    return f"{slug}_{round(sample.clip.start_s * 1000):08d}_{sample.clip.key[:16]}"


def clip_file(sample: Sample) -> str:
    """One file for a clip, with however many captions it leaves."""
    return f"videos/{clip_stem(sample)}.mp4"


def pair_stem(sample: Sample) -> str:
    """For layouts that pair by name: a name for each caption of a clip."""
    return clip_stem(sample) + (f"_{sample.take + 1}" if sample.take else "")


def one_line(text: str) -> str:
    """The caption without line breaks and control characters: many trainers read one caption a line."""
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())


def source_path(sample: Sample) -> str:
    """Where the source lies, fit for a text file: undecodable bytes become question marks."""
    return os.fsencode(sample.clip.video.path).decode("utf-8", "replace")


def planned(sample: Sample, name: str) -> ClipFile:
    """The clip's file as it would be, cut with the usual options."""
    info = sample.clip.video.info
    return ClipFile(name, sample.clip.frames, info.fps, *info.display_size)


class Listing(Exporter):
    """One list with a row, or several, for each clip."""

    columns: ClassVar[Columns] = {}

    @abstractmethod
    def list_name(self) -> str:
        """Of the list; its ending says which kind."""

    @abstractmethod
    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        """What stands in the list for this sample."""

    def guarded(self) -> bool:
        """Whether cells of a CSV are made safe for spreadsheets."""
        return True

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        with table(folder / self.list_name(), self.columns, guarded=self.guarded()) as add:
            for sample, file in cut((sample, clip_file(sample)) for sample in samples):
                for row in self.rows(sample, file):
                    add(row)

    def preview(self, samples: Iterable[Sample]) -> str:
        ending = PurePosixPath(self.list_name()).suffix
        rows = (row for sample in samples for row in self.rows(sample, planned(sample, clip_file(sample))))
        return shown(ending, self.columns, rows, guarded=self.guarded())


class Cells(BaseModel):
    """The option of formats that have a CSV."""

    safe_cells: bool = Field(
        True,
        title="Safe in spreadsheets",
        description="In CSV, a quote before captions that begin with = + - or @, which spreadsheets would run; off for a"
        " trainer that would read the quote",
    )

    def guarded(self) -> bool:
        return self.safe_cells

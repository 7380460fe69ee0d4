"""One flat table for notebooks and warehouses.

clips.parquet     a row a caption that leaves; what differs from clip to clip, scores and facts, as JSON text
videos/           the clips, where they are wanted as files
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Listing, source_path
from pipelines.records import Sample
from pipelines.tables import Columns, Row, as_json


@EXPORTERS.register
class Parquet(Listing):
    """Typed columns that every engine reads."""

    name = "parquet"
    about = "clips.parquet, one flat typed table of captions, sources, times and scores, for notebooks and warehouses."
    cuts: ClassVar[Literal["always", "usually", "seldom"]] = "seldom"
    columns: ClassVar[Columns] = {
        "key": str, "file": str, "text": str, "model": str, "author": str, "prompt": str, "take": int, "split": str,
        "source": str, "sha256": str, "start_pts": int, "end_pts": int, "start_s": float, "end_s": float, "frames": int,
        "fps": float, "width": int, "height": int, "review": str, "reviewed_by": str, "reviewed_at": float, "verdict": str,
        "camera": str, "tags": list, "scores": str, "facts": str,
    }  # fmt: skip

    def list_name(self) -> str:
        return "clips.parquet"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        clip, review, words = sample.clip, sample.review, sample.leaving
        yield {
            "key": clip.key, "file": file.name or None, "text": sample.text.strip(),
            "model": words.caption.model if words else None, "author": words.caption.author.value if words else None,
            "prompt": words.prompt if words else None, "take": sample.take, "split": sample.split,
            "source": source_path(sample), "sha256": clip.video.sha256, "start_pts": clip.start_pts, "end_pts": clip.end_pts,
            "start_s": clip.start_s, "end_s": clip.end_s, "frames": file.frames, "fps": file.fps, "width": file.width,
            "height": file.height, "review": review.state, "reviewed_by": review.by, "reviewed_at": review.at,
            "verdict": sample.verdict, "camera": sample.facts.get("camera"), "tags": list(sample.tags),
            "scores": as_json(dict(sample.scores)), "facts": as_json(dict(sample.facts)),
        }  # fmt: skip

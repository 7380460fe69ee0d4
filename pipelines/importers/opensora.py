"""The CSVs that Open-Sora's data tools write: cuts, scores and captions, each stage one more column.

path, timestamp                       where its scenes are; they are divided here as scenes of our own
path, text, aes, flow, ocr, match …   clips that are cut, their caption and scores
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pipelines.importers.easyanimate import scenes
from pipelines.imports import IMPORTERS, Source, TableImporter, Taken, captions, number
from pipelines.records import Fact, Score

SCORES = ("aes", "flow", "ocr", "match")
"""Stored as `opensora_aes` and so on: none is measured by us in the same way."""
CAMERA = "cmotion"


@IMPORTERS.register
class OpenSora(TableImporter):
    """Every stage, told apart by its columns. What can be read from the file itself is not taken from the list."""

    name: ClassVar[str] = "opensora"
    about: ClassVar[str] = "Open-Sora's CSVs: time stamps of scenes, scores aes, flow, ocr and match, captions."
    marks: ClassVar[frozenset[str]] = frozenset({"timestamp", "text_len", CAMERA, *SCORES})

    def row(self, row: Mapping[str, Any], source: Source, place: Taken) -> Iterable[Taken]:
        if row.get("timestamp") not in (None, ""):
            return scenes(place, row["timestamp"])
        scores = ((name, number(row.get(name))) for name in SCORES)
        camera = row.get(CAMERA)
        taken = replace(
            place,
            captions=captions(row, [source.caption_column or "text"], self.name),
            scores=tuple(Score(f"{self.name}_{name}", value) for name, value in scores if value is not None),
            facts=(Fact("opensora_camera", camera),) if isinstance(camera, str) and camera.strip() else (),
        )
        return [taken]

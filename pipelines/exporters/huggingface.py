"""A data set for the library `datasets` and the Hugging Face Hub.

README.md                          the dataset card, which also says where the splits lie
metadata.jsonl or .parquet         file_name, text, and what was measured; below train/ and validation/ with a split
videos/                            one clip a row
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Listing, one_line
from pipelines.records import Sample
from pipelines.tables import Columns, Row, as_json

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""Bounds of the Hub's size categories."""


@EXPORTERS.register
class HuggingFace(Listing):
    """A video folder with its metadata and a card."""

    name = "huggingface"
    about = "A video folder with metadata.jsonl or .parquet and a dataset card, as the library datasets loads it."
    columns: ClassVar[Columns] = {
        "file_name": str, "text": str, "num_frames": int, "fps": float, "width": int, "height": int, "duration_s": float,
        "source": str, "source_sha256": str, "start_s": float, "camera": str, "model": str, "review": str, "tags": list,
        "scores": str,
    }  # fmt: skip

    table: Literal["jsonl", "parquet"] = Field(
        "jsonl", title="List", description="jsonl can be read by eye, parquet is smaller"
    )
    title: str = Field("Video captions", max_length=100, title="Title", description="Heading of the dataset card")
    licence: str = Field(
        "other", max_length=60, title="Licence", description="As the Hub abbreviates it, for example cc-by-4.0"
    )
    language: str = Field("en", max_length=20, title="Language", description="Of the captions, as ISO 639 abbreviates it")

    def list_name(self) -> str:
        return f"metadata.{self.table}"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        words = sample.leaving
        yield {
            "file_name": file.name, "text": one_line(sample.text), "num_frames": file.frames, "fps": round(file.fps, 4),
            "width": file.width, "height": file.height, "duration_s": round(file.frames / (file.fps or 1), 4),
            "source": sample.clip.video.name, "source_sha256": sample.clip.video.sha256,
            "start_s": round(sample.clip.start_s, 4), "camera": sample.facts.get("camera", ""),
            "model": (words.caption.model or words.by) if words else "", "review": sample.review.state,
            "tags": list(sample.tags), "scores": as_json(dict(sample.scores)),
        }  # fmt: skip

    def finish(self, folder: Path, *, counts: Mapping[str, int]) -> None:
        (folder / "README.md").write_text(self._card(counts), encoding="utf-8")

    def _card(self, counts: Mapping[str, int]) -> str:
        total = sum(counts.values())
        splits = [f'  - split: {part or "train"}\n    path: "{part + "/" if part else ""}**"' for part in counts]
        rows = "\n".join(f"| {part or 'train'} | {count:,} |" for part, count in counts.items())
        return CARD.format(
            language=json.dumps(self.language), licence=json.dumps(self.licence), title=json.dumps(self.title),
            heading=" ".join(self.title.split()), size=size_category(total), splits="\n".join(splits), rows=rows,
        )  # fmt: skip


def size_category(rows: int) -> str:
    """The Hub's word for so many rows: "1K<n<10K"."""
    words = ("1K", "10K", "100K", "1M", "10M")
    place = next((index for index, bound in enumerate(SIZES) if rows < bound), len(SIZES))
    if place == 0:
        return "n<1K"
    return f"{words[place - 1]}<n<{words[place]}" if place < len(words) else f"n>{words[-1]}"


CARD = """---
pretty_name: {title}
license: {licence}
language:
- {language}
task_categories:
- text-to-video
- video-text-to-text
size_categories:
- {size}
configs:
- config_name: default
  data_files:
{splits}
---

# {heading}

Video clips with captions, made with Clapper. Each clip is cut exact to the frame; `text` is its caption, `review` who
vouches for it, `model` who wrote it. `scores` is JSON text of what was measured.

| split | rows |
|---|---|
{rows}

`manifest.json` says with which recipe, prompts, rules and options the set was made; `manifest.files` holds the SHA-256 of
every file. No source video is in more than one split.

```python
from datasets import load_dataset

clips = load_dataset("path/to/this/folder")
```
"""

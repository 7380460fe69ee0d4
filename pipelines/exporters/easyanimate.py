"""The training list of EasyAnimate and VideoX-Fun.

meta_train_info.json     [{"file_path": "videos/….mp4", "text": "…", "type": "video"}, …]
videos/                  one clip a row
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from pipelines.kinds import EXPORTERS, Cutter, Cutting, Exporter
from pipelines.records import Sample

SLUG_LENGTH = 40


@EXPORTERS.register
class EasyAnimate(Exporter):
    """One JSON array with paths relative to its folder."""

    name = "easyanimate"
    about = "meta_train_info.json beside a folder of clips, as the trainers of EasyAnimate and VideoX-Fun read it."

    crf: int = Field(
        17, ge=0, le=35, title="Quality", description="x264 CRF; lower is better and larger, 17 is near lossless"
    )
    audio: bool = Field(False, title="Keep the sound", description="AAC beside the picture; the trainer does not need it")
    untouched: bool = Field(
        True,
        title="Copy where exact",
        description="Clips that begin with a keyframe of a plain H.264 source keep its pixels; off encodes all alike",
    )

    def cutting(self) -> Cutting:
        return Cutting(crf=self.crf, audio=self.audio, copy=self.untouched)

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        with (folder / "meta_train_info.json").open("w", encoding="utf-8", newline="\n") as file:
            ending = "[]\n"
            for sample, name in cut((sample, clip_file(sample)) for sample in samples):
                file.write(("[\n" if ending == "[]\n" else ",\n") + _row(sample, name))
                ending = "\n]\n"
            file.write(ending)

    def preview(self, samples: Iterable[Sample]) -> str:
        return "[\n" + ",\n".join(_row(sample, clip_file(sample)) for sample in samples) + "\n]\n"


def clip_file(sample: Sample) -> str:
    """A name that is portable, the same every time, and no other clip's: source, start in milliseconds, clip key."""
    stem = unicodedata.normalize("NFKD", Path(sample.clip.video.name).stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower())[:SLUG_LENGTH].strip("-") or "video"
    return f"videos/{slug}_{round(sample.clip.start_s * 1000):08d}_{sample.clip.key[:16]}.mp4"


def one_line(text: str) -> str:
    """The caption without line breaks and control characters: many trainers read one caption a line."""
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())


def _row(sample: Sample, name: str) -> str:
    row = {"file_path": name, "text": one_line(sample.text), "type": "video"}
    lines = json.dumps(row, ensure_ascii=False, indent=2).splitlines()
    return "\n".join("  " + line for line in lines)

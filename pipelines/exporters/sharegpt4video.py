"""Captions in the form of the ShareGPT4Video data set.

captions.jsonl     {"video_id", "video_path", "timestamp", "keyframe", "captions": [{"idx", "content"}]}
videos/            one clip a row

idx "-1" is the caption of the whole clip; "0", "1", … are those of its parts, where the caption was made from frames or
stretches. `timestamp` is when in the source the clip begins and ends; `keyframe` holds the seconds of the parts in the clip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pipelines.kinds import EXPORTERS, ClipFile
from pipelines.listing import Listing, clip_stem, source_path
from pipelines.records import Sample
from pipelines.tables import Row

WHOLE = "-1"


@EXPORTERS.register
class ShareGpt4Video(Listing):
    """A line a clip, with the captions of its parts where there are some."""

    name = "sharegpt4video"
    about = "captions.jsonl with the caption of each clip and of its parts, in the form of the ShareGPT4Video data set."
    cuts: ClassVar[Literal["always", "usually", "seldom"]] = "usually"

    def list_name(self) -> str:
        return "captions.jsonl"

    def rows(self, sample: Sample, file: ClipFile) -> Iterator[Row]:
        parts = _parts(sample)
        contents = [{"idx": WHOLE, "content": sample.text.strip()}]
        contents += [{"idx": str(number), "content": str(part["text"])} for number, part in enumerate(parts)]
        yield {
            "video_id": clip_stem(sample),
            "video_path": file.name or source_path(sample),
            "timestamp": [round(sample.clip.start_s, 3), round(sample.clip.end_s, 3)],
            "keyframe": [part.get("start_s", 0.0) for part in parts],
            "captions": contents,
        }


def _parts(sample: Sample) -> list[dict[str, Any]]:
    made = sample.leaving.made if sample.leaving else {}
    return [part for part in made.get("parts", ()) if part.get("text")]

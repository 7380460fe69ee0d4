"""What EasyAnimate's and VideoX-Fun's captioning scripts write between their stages, as jsonl, csv or json.

video_path, timecode_list                                  where its scenes are; they are divided here as scenes of our own
video_path, motion_score, text_score, aesthetic_score …    clips that are cut, and their scores
video_path, caption    file_path, text, type               clips and their captions
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, ClassVar

from pipelines.errors import Refused
from pipelines.imports import IMPORTERS, Source, TableImporter, Taken, captions, number, seconds
from pipelines.records import Score

CAPTIONS = ("caption", "text", "summary_caption", "sampled_frame_caption")
MODELS = ("summary_model", "image_caption_model")
SCORES: dict[str, tuple[str, Callable[[Sequence[float]], float]]] = {
    "motion_score": ("motion_farneback", fmean),
    "text_score": ("text_easyanimate", fmean),
    "similarity_cross_frame": ("easyanimate_similarity", min),
    "aesthetic_score": ("easyanimate_aesthetic", fmean),
    "asethetic_score": ("easyanimate_aesthetic", fmean),  # as the third version spells it
    "aesthetic_score_siglip": ("easyanimate_aesthetic_siglip", fmean),
    "videoclipxl_score": ("easyanimate_videoclipxl", fmean),
}
"""Their columns: our score where it means the same, else a name of its own; and what their filter makes of many values."""


@IMPORTERS.register
class EasyAnimate(TableImporter):
    """Every stage of the scripts, told apart by its columns."""

    name: ClassVar[str] = "easyanimate"
    about: ClassVar[str] = "EasyAnimate's and VideoX-Fun's lists: time codes, scores, captions, training list."
    marks: ClassVar[frozenset[str]] = frozenset({"timecode_list", "fram_rate", *SCORES, *MODELS})

    def row(self, row: Mapping[str, Any], source: Source, place: Taken) -> Iterable[Taken]:
        if row.get("type") == "image":
            raise Refused("not_a_video", "it is an image; only videos are taken")
        if row.get("timecode_list") not in (None, ""):
            return scenes(place, row["timecode_list"])
        columns = [source.caption_column] if source.caption_column else CAPTIONS
        model = next((str(row[name]) for name in MODELS if row.get(name)), self.name)
        return [replace(place, captions=captions(_plain(row), columns, model), scores=tuple(_scores(row)))]


def scenes(place: Taken, codes: Any) -> list[Taken]:
    """Time codes, also written as text, as scenes to be divided; none at all are one scene. Raises `Refused`."""
    pairs = plain(codes)
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise Refused("bad_row", "its time codes are no list of starts and ends; were they cut off?")
    stretches = [(seconds(start), seconds(end)) for start, end in pairs]
    whole = [replace(place, exact=False)]
    return [replace(place, start_s=start, end_s=end, exact=False) for start, end in stretches if end > start] or whole


def plain(value: Any) -> Any:
    """A list as it is, or as it was written into a csv."""
    if not isinstance(value, str):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    frames = plain(row.get("sampled_frame_caption"))
    return {**row, "sampled_frame_caption": frames}


def _scores(row: Mapping[str, Any]) -> Iterable[Score]:
    for column, (name, together) in SCORES.items():
        value = plain(row.get(column))
        found = [number(one) for one in (value if isinstance(value, list) else [value])]
        numbers = [one for one in found if one is not None]
        if numbers and len(numbers) == len(found):
            yield Score(name, together(numbers))

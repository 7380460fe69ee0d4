"""A light copy of a clip for the browser: small, quick to seek in, with sound, frame for frame the source's timing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.errors import Refused
from pipelines.media.cut import write_items
from pipelines.media.encode import Coding
from pipelines.media.item import Item

CODING = Coding(crf=27, preset="veryfast", keyframe_s=0.5, short_side=480, max_bits=1_000_000, audio_bits=96_000)


def make_proxy(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{"path", "start_pts", "end_pts", "dest"}` in; `{"dest", "frames", "bytes"}` out once the file is complete.

    Takes what can be decoded: a person may look at a damaged clip, too."""
    item = Item(argument["start_pts"], argument["end_pts"], argument["dest"])
    for answer in write_items(argument["path"], [item], CODING):
        if "reason" in answer:
            raise Refused(answer["kind"], answer["reason"])
        yield answer

"""Chosen frames of a clip, for models to look at: upright, true colours, within a budget of pixels. For a decoding child."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.errors import Refused
from pipelines.looking import fitted
from pipelines.media.opening import Opened, frames, open_video
from pipelines.media.picture import even_size, shaper
from pipelines.sampling import CANDIDATES, FORMULAS, KEYFRAMES, Stretch, every


def read(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Frames into the file `dest` as an array (frames × height × width × 3, RGB); their indices and times come back.

    `{"path", "start_pts", "end_pts", "frames", "formula", "count", "seconds", "pixels", "multiple", "dest"}`: `formula` is
    one of `pipelines.sampling.CHOICES`, at most `count` frames; none has more than `pixels`, and its sides are multiples of
    `multiple`. An index that comes twice gives a frame that comes twice.
    """
    with open_video(argument["path"]) as opened:
        wanted = _wanted(opened, argument)
        size = fitted(even_size(opened.info), pixels=argument["pixels"], multiple=argument["multiple"])
        shape = shaper(opened.info, size)
        found = {
            index: (opened.info.seconds(frame.pts), shape(frame).to_ndarray(format="rgb24"))
            for index, frame in _inside(opened, argument, last=max(wanted))
            if index in wanted
        }
    if not found:
        raise Refused("no_frames", "no frame of this clip could be read; is the file as it was when it was scanned?")
    taken = [index for index in wanted if index in found]
    np.save(Path(argument["dest"]), np.stack([found[index][1] for index in taken]))
    begin_s = opened.info.seconds(argument["start_pts"])
    yield {"indices": taken, "times_s": [round(found[index][0] - begin_s, 6) for index in taken]}


def _wanted(opened: Opened, argument: dict[str, Any]) -> list[int]:
    """Indices by the formula, counted from the first frame of the clip."""
    formula, count, fps = argument["formula"], argument["count"], opened.info.fps or 1.0
    if formula == KEYFRAMES:
        keys = [index for index, frame in _inside(opened, argument) if frame.key_frame or index == 0]
        return keys[:count]
    if formula == CANDIDATES:
        return every(Stretch(argument["frames"], fps), argument["seconds"])[:count]
    times: tuple[float, ...] = ()
    if formula == "per_second":  # goes by true times, which only the frames know
        begin_s = opened.info.seconds(argument["start_pts"])
        times = tuple(opened.info.seconds(frame.pts) - begin_s for _, frame in _inside(opened, argument))
    return FORMULAS[formula](Stretch(len(times) or argument["frames"], fps, times), count)


def _inside(opened: Opened, argument: dict[str, Any], *, last: int | None = None) -> Iterator[tuple[int, Any]]:
    """The frames of the clip with their indices, up to `last`."""
    inside = takewhile(lambda frame: frame.pts < argument["end_pts"], frames(opened, argument["start_pts"]))
    for index, frame in enumerate(inside):
        yield index, frame
        if index == last:
            return

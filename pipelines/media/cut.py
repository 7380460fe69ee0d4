"""Cutting clips out of a video, exact to the frame: first and last frame belong to the clip, and none is lost between.

What can be had without encoding is copied; the other clips share one decode where they lie near each other. Runs inside a
decoding child.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipelines.errors import Refused
from pipelines.kinds import Cutting
from pipelines.media.copy import copy_items
from pipelines.media.encode import Coding, Movie
from pipelines.media.item import Item, replacing
from pipelines.media.opening import Opened, frames, open_video
from pipelines.media.rhythm import FORMS, Rhythm
from pipelines.media.sound import sound_between

NEAR_S = 8.0
"""Reading on is cheaper than seeking over a gap shorter than this: keyframes commonly lie up to ten seconds apart."""


def cut_clips(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut the clips of one video: `{"path", "items": [{"start_pts", "end_pts", "frames", "dest", "crop"}], "options"}`.

    `options` are the fields of `Cutting`, `crop` is x, y, width and height or null. Yields `{"dest", "frames", "fps",
    "width", "height", "bytes"}` for each file once it is complete, with `"copied": True` where nothing was encoded, and
    `{"dest", "kind", "reason"}` for a clip that cannot be cut. Raises `Refused` when the video cannot be opened.
    """
    cutting, path = Cutting(**argument["options"]), argument["path"]
    items = {item["dest"]: _item(item) for item in argument["items"]}
    coding = coding_of(cutting)
    plain = [item for item in items.values() if item.crop is None] if cutting.may_copy else []
    for answer in copy_items(path, plain, coding.audio_bits) if plain else ():
        del items[answer["dest"]]
        yield answer
    if items:
        yield from write_items(path, list(items.values()), coding)


def coding_of(cutting: Cutting) -> Coding:
    """How clips are encoded that cannot be copied."""
    fps = Fraction(cutting.fps).limit_denominator(1001) if cutting.fps else None
    return Coding(
        crf=cutting.crf,
        preset="fast",
        keyframe_s=2.0,
        short_side=cutting.short_side,
        audio_bits=160_000 if cutting.audio else None,
        codec=cutting.codec,
        rhythm=Rhythm(fps, FORMS[cutting.frames]),
    )


def _item(given: dict[str, Any]) -> Item:
    crop = given.get("crop")
    return Item(**{**given, "crop": tuple(crop) if crop else None})


def write_items(path: str, items: Sequence[Item], coding: Coding) -> Iterator[dict[str, Any]]:
    """Write each item; where seeking did not lead to exactly its frames, once more reading from the very start."""
    again: list[Item] = []
    with open_video(path) as opened:
        for turn in _turns(items, round(NEAR_S / opened.info.time_base)):
            for item, answer in _write_turn(opened, turn, coding, seek=True):
                if "reason" in answer:
                    again.append(item)
                else:
                    yield answer
    for turn in _turns(again, gap=None):
        with open_video(path) as opened:
            for _, answer in _write_turn(opened, turn, coding, seek=False):
                yield answer


def _turns(items: Iterable[Item], gap: int | None) -> Iterator[list[Item]]:
    """Items to be read in one go: in order, without overlap, no more than `gap` ticks apart."""
    turn: list[Item] = []
    for item in sorted(items, key=lambda item: (item.start_pts, item.end_pts)):
        ahead = item.start_pts - turn[-1].end_pts if turn else 0
        if turn and (ahead < 0 or (gap is not None and ahead > gap)):
            yield turn
            turn = []
        turn.append(item)
    if turn:
        yield turn


def _write_turn(opened: Opened, turn: list[Item], coding: Coding, *, seek: bool) -> Iterator[tuple[Item, dict[str, Any]]]:
    shown = frames(opened, turn[0].start_pts if seek else None)
    ahead: list[Any] = []
    for item in turn:
        try:
            yield item, _write(opened, item, coding, _until(shown, item, ahead))
        except Refused as error:
            yield item, {"dest": item.dest, "kind": error.kind, "reason": str(error)}


def _until(shown: Iterator[Any], item: Item, ahead: list[Any]) -> Iterator[Any]:
    """The item's frames. The frame behind the last one waits in `ahead` for the next item."""
    while (frame := ahead.pop() if ahead else next(shown, None)) is not None:
        if frame.pts >= item.end_pts:
            ahead.append(frame)
            return
        if frame.pts >= item.start_pts:
            yield frame


def _write(opened: Opened, item: Item, coding: Coding, its_frames: Iterable[Any]) -> dict[str, Any]:
    dest, rhythm, seen = Path(item.dest), coding.rhythm, _Seen(its_frames)
    with replacing(dest) as part, Movie(part, opened.info, coding, item.crop) as movie:
        for frame in rhythm.chosen(seen, item, opened.info):
            movie.add(frame)
        _must_be_whole(item, seen)
        end_pts = rhythm.end_pts(
            item, opened.info, behind=seen.times[movie.frames] if len(seen.times) > movie.frames else None
        )
        movie.finish(end_pts, sound_between(opened, item.start_pts, end_pts) if coding.audio_bits else None)
    shape = {"fps": float(rhythm.fps or opened.info.fps), "width": movie.size[0], "height": movie.size[1]}
    return {"dest": item.dest, "frames": movie.frames, **shape, "bytes": dest.stat().st_size}


class _Seen:
    """Frames on their way through, and the ticks of those that came by."""

    def __init__(self, shown: Iterable[Any]) -> None:
        self._shown = shown
        self.times: list[int] = []

    def __iter__(self) -> Iterator[Any]:
        for frame in self._shown:
            self.times.append(frame.pts)
            yield frame


def _must_be_whole(item: Item, seen: _Seen) -> None:
    if item.frames is not None and (len(seen.times), seen.times[:1]) != (item.frames, [item.start_pts]):
        read = len(seen.times)
        raise Refused(
            "frames_missing", f"{read} of its {item.frames} frames could be read; the file has changed or is damaged"
        )

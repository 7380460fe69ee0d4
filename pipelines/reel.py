"""A review reel: clips one after another in one MP4, with what is said of each burnt in, for people who have no account.

    ┌────────────────────────────┐
    │           clip             │     the clip as large as its words leave room
    ├────────────────────────────┤
    │ 3/12 · film.mp4 · kept     │
    │ motion 0.02 · text 0.00    │
    │ caption, or one a column   │
    └────────────────────────────┘

Rendered with moviepy inside a decoding child, from the light copies of the clips, one clip open at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipelines.errors import Refused
from pipelines.lettering import Lines, draw, fit, pages
from pipelines.media.item import replacing

SIZE = (1280, 720)
FPS = 30
MARGIN, GAP = 28, 14
LEAST_PICTURE = 0.38
"""Share of the height that the clip keeps, however much is said of it."""
TOLD_EVERY = 30
"""Frames between two words on how far it is."""
GROUND, INK, FAINT, GOOD, BAD = (18, 19, 22), (238, 238, 240), (160, 162, 170), (126, 200, 150), (235, 130, 120)
NOTHING = Lines((), 14, None)
COLOURS = {"accepted": GOOD, "rejected": BAD, "dropped": BAD}


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip of the reel, and what is said of it."""

    path: str
    """Its light copy: upright, exactly its frames."""
    title: str
    standing: str
    """In one or two words: accepted, rejected, kept, …"""
    notes: str
    columns: tuple[tuple[str, str], ...]
    """Headings and texts, side by side; one without a heading for a single caption."""


def render(argument: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{"shots": [fields of Shot, …], "dest": path}` in; `{"shot", "share"}` as it goes, then `{"frames", "seconds"}`."""
    from moviepy.video.io.ffmpeg_writer import FFMPEG_VideoWriter

    shots = [Shot(**{**one, "columns": tuple(map(tuple, one["columns"]))}) for one in argument["shots"]]
    written = 0
    with replacing(Path(argument["dest"])) as part:
        encoding = ["-f", "mp4", "-movflags", "+faststart", "-crf", "20"]
        with FFMPEG_VideoWriter(str(part), SIZE, FPS, preset="veryfast", threads=2, ffmpeg_params=encoding) as writer:
            for number, shot in enumerate(shots):
                for index, (share, frame) in enumerate(frames(shot)):
                    writer.write_frame(frame)
                    written += 1
                    if index % TOLD_EVERY == 0:
                        yield {"shot": number, "share": share}
    yield {"frames": written, "seconds": written / FPS}


def frames(shot: Shot) -> Iterator[tuple[float, Any]]:
    """Every frame of a shot as RGB, with the share of the shot that is over; a long text turns its pages meanwhile."""
    from moviepy import CompositeVideoClip, ImageClip, VideoFileClip

    panels = [np.asarray(panel) for panel in lay_out(shot)]
    top = SIZE[1] - panels[0].shape[0]
    try:
        film = VideoFileClip(shot.path, audio=False)
    except OSError:
        raise Refused("unreadable_copy", f"the light copy of {shot.title} cannot be read; delete {shot.path}") from None
    with film:
        scale = min(SIZE[0] / film.w, top / film.h)
        shown = film.resized((max(2, round(film.w * scale)), max(2, round(film.h * scale))))
        each_s = film.duration / len(panels)
        words = [
            ImageClip(panel, duration=each_s).with_start(number * each_s).with_position((0, top))
            for number, panel in enumerate(panels)
        ]
        placed = shown.with_position(((SIZE[0] - shown.w) // 2, (top - shown.h) // 2))
        whole = CompositeVideoClip([placed, *words], size=SIZE, bg_color=GROUND).with_duration(film.duration)
        for time_s, frame in whole.iter_frames(fps=FPS, dtype="uint8", with_times=True):
            yield time_s / film.duration, frame


def lay_out(shot: Shot) -> list[Image.Image]:
    """The panel below the clip: as low as its words allow, and several of one height where they need more."""
    width, most = SIZE[0] - 2 * MARGIN, round(SIZE[1] * (1 - LEAST_PICTURE))
    head = [fit(text, width=width, height=60, sizes=(20, 18, 16)) for text in (shot.title, shot.notes) if text]
    used = 2 * GAP + sum(one.height_px + GAP // 2 for one in head)
    columns = _columns(shot, width, most - used)
    tallest = max(page.height_px for _, texts in columns for page in texts)
    height = min(used + tallest + max(heading.height_px for heading, _ in columns) + GAP, most) // 2 * 2
    count = max(len(texts) for _, texts in columns)
    return [_panel(shot, head, columns, page=number, height=height) for number in range(count)]


def _columns(shot: Shot, width: int, height: int) -> list[tuple[Lines, list[Lines]]]:
    """Heading and pages of each column."""
    each = (width - (len(shot.columns) - 1) * MARGIN) // len(shot.columns)
    heads = [fit(heading, width=each, height=44, sizes=(18, 16, 14)) if heading else NOTHING for heading, _ in shot.columns]
    room = height - max(one.height_px for one in heads) - GAP
    return [(head, pages(text, width=each, height=room)) for head, (_, text) in zip(heads, shot.columns, strict=True)]


def _panel(
    shot: Shot, head: list[Lines], columns: list[tuple[Lines, list[Lines]]], *, page: int, height: int
) -> Image.Image:
    panel, top = Image.new("RGB", (SIZE[0], height), GROUND), GAP
    for number, one in enumerate(head):
        draw(panel, one, at=(MARGIN, top), colour=COLOURS.get(shot.standing, INK) if number == 0 else FAINT)
        top += one.height_px + GAP // 2
    step = (SIZE[0] - 2 * MARGIN + MARGIN) // len(columns)
    below = max(heading.height_px for heading, _ in columns)
    for number, (heading, texts) in enumerate(columns):
        left = MARGIN + number * step
        draw(panel, heading, at=(left, top), colour=FAINT)
        draw(panel, texts[min(page, len(texts) - 1)], at=(left, top + below), colour=INK)
    return panel

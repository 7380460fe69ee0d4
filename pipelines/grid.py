"""Frames in one picture, each with its number: how models that take a single picture are shown a clip."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipelines.chat import Film, Picture

GAP_PX = 4
LABEL_SHARE = 0.09
"""Height of a label in heights of a frame."""


def grid(film: Film, *, columns: int | None = None) -> Picture:
    """The frames from left to right and top to bottom, as square a grid as fits, each labelled "1", "2", … above it."""
    count, height, width, _ = film.frames.shape
    across = columns or max(1, math.ceil(math.sqrt(count * height / width)))
    label = max(12, round(height * LABEL_SHARE))
    rows = math.ceil(count / across)
    picture = Image.new("RGB", (across * (width + GAP_PX) - GAP_PX, rows * (height + label + GAP_PX) - GAP_PX))
    for index, frame in enumerate(film.frames):
        place = (index % across * (width + GAP_PX), index // across * (height + label + GAP_PX))
        _draw(picture, frame, str(index + 1), place, label)
    return Picture(np.asarray(picture))


def _draw(picture: Any, frame: Any, text: str, place: tuple[int, int], label: int) -> None:
    font = ImageFont.load_default(size=round(label * 0.8))
    ImageDraw.Draw(picture).text((place[0] + 4, place[1]), text, fill="white", font=font)
    picture.paste(Image.fromarray(frame), (place[0], place[1] + label))

"""Sampled frames of a video, kept small and upright: for scorers, posters, scrubbing and quick captioners."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipelines.files import write_whole
from pipelines.records import Sheet, VideoInfo
from pipelines.scan.shrink import Image, Pictures, halved

POSTER_PX = 480
MOST_TILES = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """One sampled frame."""

    index: int
    time_s: float
    picture: Image
    """Upright BGR."""


class Sampler:
    """Keeps a frame every so often while a video is read."""

    def __init__(self, info: VideoInfo, *, every_s: float, longer_px: int) -> None:
        self._every_s = every_s
        self._turns = info.rotation // 90
        width, height = info.display_size
        scale = min(1.0, longer_px / max(width, height))
        self.size = (max(2, round(width * scale)), max(2, round(height * scale)))
        self._pictures = Pictures(self.size if self._turns % 2 == 0 else self.size[::-1])
        self._next_s = 0.0
        self._passed: tuple[int, float, Any] | None = None
        """The frame before, unless it was kept."""
        self.tiles: list[Tile] = []

    def feed(self, index: int, time_s: float, frame: Any) -> None:
        """Look at a frame; most are passed over untouched. One that was held as long as `every_s` is kept afterwards."""
        held, self._passed = self._passed, None
        if held and time_s - held[1] >= self._every_s:
            self._keep(*held)
        if time_s >= self._next_s - 1e-4:
            self._next_s = (time_s // self._every_s + 1) * self._every_s
            self._keep(index, time_s, frame)
        else:
            self._passed = (index, time_s, frame)

    def _keep(self, index: int, time_s: float, frame: Any) -> None:
        self.tiles.append(Tile(index, time_s, np.ascontiguousarray(np.rot90(self._pictures.of(frame), -self._turns))))

    def of(self, first: int, end: int) -> list[Tile]:
        """The tiles within frames [first, end), thinned to `MOST_TILES`."""
        inside = [tile for tile in self.tiles if first <= tile.index < end]
        step = max(1, -(-len(inside) // MOST_TILES))
        return inside[::step]

    def forget(self, before: int) -> None:
        """Drop tiles of frames that no clip will ask for any more."""
        self.tiles = [tile for tile in self.tiles if tile.index >= before]


def write(tiles: list[Tile], folder: Path) -> None:
    """Write `sheet.jpg`, all tiles side by side, and `poster.jpg`, the middle one, into `folder`."""
    write_whole(folder / "sheet.jpg", _jpeg(np.hstack([tile.picture for tile in tiles]), quality=82))
    middle = halved(tiles[len(tiles) // 2].picture, POSTER_PX)
    scale = min(1.0, POSTER_PX / max(middle.shape[:2]))
    poster = cv2.resize(middle, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    write_whole(folder / "poster.jpg", _jpeg(poster, quality=85))


def read(path: str, times_s: tuple[float, ...]) -> list[Image]:
    """The tiles of a sheet, in order, as BGR pictures. Raises `OSError` when it cannot be read."""
    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise OSError(f"the contact sheet {path} cannot be read; run the scan again")
    return np.hsplit(picture, len(times_s))


def read_rgb(sheet: Sheet) -> list[Image]:
    """As `read`, in the order of colours that networks were trained on."""
    return [np.ascontiguousarray(picture[:, :, ::-1]) for picture in read(sheet.path, sheet.times_s)]


def _jpeg(picture: Image, *, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise OSError("a picture could not be encoded as JPEG")
    return bytes(data)

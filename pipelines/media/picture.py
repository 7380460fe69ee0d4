"""Frames as a person should see them: upright, square pixels, even size, 8-bit yuv420p; HDR and wide colours become BT.709.

    alpha on black ─▶ rotated ─▶ cropped or scaled ─▶ colours mapped ─▶ yuv420p

One filter graph does it all; there is one for every look a frame may have, so that a stream that changes its resolution
half-way comes out in one size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av.filter

from pipelines.records import VideoInfo

NEARLY_SQUARE = Fraction(1, 100)
"""A pixel aspect this close to 1 is a muxer's rounding; resampling for it would only blur."""
HDR_TRANSFERS = (16, 18)
WIDE_MATRICES = (9, 10)
"""BT.2020, as ITU-T H.273 numbers it. Readers that ignore the tag take such a picture for BT.709."""
TO_BT709 = "out_color_matrix=bt709:out_primaries=bt709:out_transfer=bt709:out_range=tv:intent=perceptual"
"""swscale's own colour management: tone-maps PQ and HLG, brings wide colours into the smaller gamut."""
TURNS = {90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}


Crop = tuple[int, int, int, int]
"""x, y, width and height in pixels of the upright picture."""


def even_size(info: VideoInfo, short_side: int | None = None, crop: Crop | None = None) -> tuple[int, int]:
    """Width and height of the upright picture, or of `crop` inside it: odd sides lose one pixel (right, bottom); at most
    `short_side` if given."""
    width, height = crop[2:] if crop else _upright_size(info.width, info.height, info)
    scale = min(1.0, short_side / min(width, height)) if short_side else 1.0
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def shaper(info: VideoInfo, size: tuple[int, int], crop: Crop | None = None) -> Callable[[Any], Any]:
    """A function that turns a decoded frame, or `crop` of it, into an upright 8-bit yuv420p one of `size`, keeping its
    time."""

    def shape(frame: Any) -> Any:
        graph = _graph(_looks(frame), info, size, crop)
        try:
            graph.push(frame)
            shaped = graph.pull()
        except BaseException:
            _graph.cache_clear()  # a frame stuck in it must not come out in the next clip
            raise
        shaped.pts, shaped.time_base, shaped.pict_type = (
            frame.pts,
            info.time_base,
            0,
        )  # the encoder chooses its own keyframes
        return shaped

    return shape


@dataclass(frozen=True, slots=True)
class _Looks:
    """All of a decoded frame that decides how it is shaped."""

    format: str
    width: int
    height: int
    matrix: int
    range: int
    transfer: int
    primaries: int
    alpha: bool
    rgb: bool


def _looks(frame: Any) -> _Looks:
    alpha = any(component.is_alpha for component in frame.format.components)
    colours = (int(frame.colorspace), int(frame.color_range), int(frame.color_trc), int(frame.color_primaries))
    return _Looks(frame.format.name, frame.width, frame.height, *colours, alpha, frame.format.is_rgb)


@lru_cache(maxsize=2)  # tone mapping takes seconds to set up, and many clips come from one video
def _graph(looks: _Looks, info: VideoInfo, size: tuple[int, int], crop: Crop | None) -> Any:
    graph = av.filter.Graph()
    buffer = graph.add(
        "buffer",
        video_size=f"{looks.width}x{looks.height}",
        pix_fmt=looks.format,
        time_base=str(info.time_base),
        pixel_aspect="1/1",
        colorspace=str(looks.matrix),
        range=str(looks.range),
    )
    steps = [graph.add(*step.split("=", 1)) for step in _steps(looks, info, size, crop)]
    graph.link_nodes(buffer, *steps, graph.add("buffersink")).configure()
    return graph


def _steps(looks: _Looks, info: VideoInfo, size: tuple[int, int], crop: Crop | None) -> list[str]:
    wide = looks.transfer in HDR_TRANSFERS or looks.matrix in WIDE_MATRICES
    upright = crop[2:] if crop else _upright_size(looks.width, looks.height, info)
    square = crop is not None or not _is_stretched(info)
    crops = square and all(0 <= have - want <= 1 for have, want in zip(upright, size, strict=True))
    to_yuv = ":out_color_matrix=bt709" if looks.rgb or looks.alpha else ""
    return [
        *(("format=gbrap", "premultiply=inplace=1", "format=gbrp") if looks.alpha else ()),
        *TURNS.get(info.rotation, ()),
        *(_inside(looks, info, crop) if crop else ()),
        f"crop={size[0]}:{size[1]}:0:0" if crops else f"scale={size[0]}:{size[1]}:flags=area+accurate_rnd",
        f"scale={TO_BT709}" if wide else "scale=out_range=tv" + to_yuv,
        "format=yuv420p",
        "setsar=1",
    ]


def _inside(looks: _Looks, info: VideoInfo, crop: Crop) -> list[str]:
    """The stretch of the upright picture that is kept, whatever the size of this frame."""
    width, height = _upright_size(info.width, info.height, info)
    stretched = _upright_size(looks.width, looks.height, info) != (width, height) or _is_stretched(info)
    left, top, *size = crop
    return [*([f"scale={width}:{height}"] if stretched else []), f"crop={size[0]}:{size[1]}:{left}:{top}"]


def _upright_size(width: int, height: int, info: VideoInfo) -> tuple[int, int]:
    """Of a stored frame of this size, with square pixels."""
    if _is_stretched(info):
        width = round(width * info.sample_aspect)
    return (height, width) if info.rotation in (90, 270) else (width, height)


def _is_stretched(info: VideoInfo) -> bool:
    """Stored pixels are not square."""
    return abs(info.sample_aspect - 1) > NEARLY_SQUARE

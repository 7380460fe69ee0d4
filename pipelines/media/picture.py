"""Frames as a person should see them: upright, square pixels, even size, 8-bit yuv420p; HDR and wide colours become BT.709.

    alpha on black ─▶ rotated ─▶ cropped or scaled ─▶ colours mapped ─▶ yuv420p

One filter graph does it all; it is built again when a frame differs from the one before in size or format, so that a
stream that changes its resolution half-way comes out in one size.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av.filter

from pipelines.records import VideoInfo

NEARLY_SQUARE = Fraction(1, 100)
"""A pixel aspect this close to 1 is a muxer's rounding; resampling for it would only blur."""
HDR_TRANSFERS = (16, 18)
WIDE_MATRICES = (9, 10)
"""BT.2020, as ITU-T H.273 numbers it. Readers that ignore the tag take such a picture for BT.709."""
RGB, FULL_RANGE = 0, 2
TO_BT709 = "out_color_matrix=bt709:out_primaries=bt709:out_transfer=bt709:out_range=tv:intent=perceptual"
"""swscale's own colour management: tone-maps PQ and HLG, brings wide colours into the smaller gamut."""
TURNS = {90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}


def even_size(info: VideoInfo, short_side: int | None = None) -> tuple[int, int]:
    """Width and height of the upright picture: odd sides lose one pixel (right, bottom); at most `short_side` if given."""
    width, height = _upright_size(info.width, info.height, info)
    scale = min(1.0, short_side / min(width, height)) if short_side else 1.0
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def shaper(info: VideoInfo, size: tuple[int, int]) -> Callable[[Any], Any]:
    """A function that turns a decoded frame into an upright 8-bit yuv420p one of `size`, keeping its time."""
    graph: Any = None
    built_for: tuple[Any, ...] = ()

    def shape(frame: Any) -> Any:
        nonlocal graph, built_for
        looks = (frame.format.name, frame.width, frame.height, frame.colorspace, frame.color_range, frame.color_trc)
        if looks != built_for:
            graph, built_for = _graph(frame, info, size), looks
        graph.push(frame)
        shaped = graph.pull()
        shaped.pts, shaped.time_base, shaped.pict_type = (
            frame.pts,
            info.time_base,
            0,
        )  # the encoder chooses its own keyframes
        return shaped

    return shape


def _graph(frame: Any, info: VideoInfo, size: tuple[int, int]) -> Any:
    graph = av.filter.Graph()
    buffer = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base=str(info.time_base),
        pixel_aspect="1/1",
        colorspace=str(int(frame.colorspace)),
        range=str(int(frame.color_range)),
    )
    steps = [graph.add(*step.split("=", 1)) for step in _steps(frame, info, size)]
    graph.link_nodes(buffer, *steps, graph.add("buffersink")).configure()
    return graph


def _steps(frame: Any, info: VideoInfo, size: tuple[int, int]) -> list[str]:
    wide = int(frame.color_trc) in HDR_TRANSFERS or int(frame.colorspace) in WIDE_MATRICES
    upright = _upright_size(frame.width, frame.height, info)
    crops = all(0 <= have - want <= 1 for have, want in zip(upright, size, strict=True))
    alpha = any(component.is_alpha for component in frame.format.components)
    rgb = frame.format.is_rgb or alpha
    return [
        *(("format=gbrap", "premultiply=inplace=1", "format=gbrp") if alpha else ()),
        *TURNS.get(info.rotation, ()),
        f"crop={size[0]}:{size[1]}:0:0" if crops else f"scale={size[0]}:{size[1]}:flags=area+accurate_rnd",
        f"scale={TO_BT709}" if wide else "scale=out_range=tv" + (":out_color_matrix=bt709" if rgb else ""),
        "format=yuv420p",
        "setsar=1",
    ]


def _upright_size(width: int, height: int, info: VideoInfo) -> tuple[int, int]:
    """Of a stored frame of this size, with square pixels."""
    if abs(info.sample_aspect - 1) > NEARLY_SQUARE:
        width = round(width * info.sample_aspect)
    return (height, width) if info.rotation in (90, 270) else (width, height)

"""Frames as a small MP4, for servers that take videos: every frame at its own time, nothing decoded from strangers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av

TICKS = 1000
QUALITY = {"crf": "14", "preset": "veryfast", "bf": "0"}


def encode(frames: Any, times_s: Sequence[float]) -> bytes:
    """An MP4 of frames (count × height × width × 3, RGB, even sides), each shown from its time on."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=TICKS, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, TICKS)
        for pixels, time_s in zip(frames, times_s, strict=True):
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            picture.pts, picture.time_base = round(time_s * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return file.getvalue()

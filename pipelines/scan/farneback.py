"""Motion as the published EasyAnimate pipeline measures it: pixels of displacement between frames half a second apart.

It depends on the resolution of the video and loses fast movement, and it costs as much as a dozen decodes. It is here so
that thresholds from papers and recipes (2 to 20) mean what they meant; `motion` is the better measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from typing import Any

import cv2
import numpy as np

from pipelines.errors import Refused
from pipelines.media.opening import frames, open_video
from pipelines.scan.shrink import Image

SAMPLED_FPS = 2.0


def measure(argument: dict[str, Any]) -> Iterator[float]:
    """`{"path", "start_pts", "end_pts", "frames"}` of a clip in, its score out, in pixels. For a decoding child."""
    with open_video(argument["path"]) as opened:
        every = interval(opened.info.fps, argument["frames"])
        inside = takewhile(lambda frame: frame.pts < argument["end_pts"], frames(opened, argument["start_pts"]))
        sampled = (frame for index, frame in enumerate(inside) if index % every == 0)
        pairs = [displacement(a, b) for a, b in pairwise(_grey(sampled))]
    if not pairs:
        raise Refused("too_short", "motion_farneback needs two frames, and this clip has one")
    yield float(np.mean(pairs))


def interval(fps: float, count: int) -> int:
    """Frames from one sampled frame to the next: half a second rounded down, but never beyond the last of `count` frames."""
    return max(1, min(int(fps / min(SAMPLED_FPS, fps)) if fps else 1, count - 1))


def displacement(a: Image, b: Image) -> float:
    """Mean length of Farneback's optical flow from one grey picture to the next, in pixels."""
    flow: Any = None
    flow = cv2.calcOpticalFlowFarneback(
        a, b, flow, pyr_scale=0.5, levels=3, winsize=15, iterations=3, poly_n=5, poly_sigma=1.2, flags=0
    )
    return float(cv2.magnitude(flow[..., 0], flow[..., 1]).mean())


def _grey(sampled: Iterable[Any]) -> Iterator[Image]:
    """Full resolution, by way of colour as OpenCV reads it, so that black is 0."""
    for frame in sampled:
        yield cv2.cvtColor(frame.to_ndarray(format="bgr24"), cv2.COLOR_BGR2GRAY)

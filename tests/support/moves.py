"""Made videos of which it is known what moves: a camera over a real still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import cos, pi, radians, sin
from pathlib import Path

import av
import cv2
import numpy as np

from pipelines.media.opening import frames, open_video
from pipelines.scan.motion import Motion, Step
from pipelines.scan.shrink import Image, Shrink, Small

SIZE = (640, 360)


def still(path: Path, index: int = 0) -> Image:
    """Frame `index` of a real video, BGR."""
    with open_video(str(path)) as opened:
        for number, frame in enumerate(frames(opened)):
            if number == index:
                picture: Image = frame.to_ndarray(format="bgr24")
                return picture
    raise ValueError(f"{path} has no frame {index}")


def view(
    picture: Image,
    time_s: float,
    *,
    pan: float = 0,
    tilt: float = 0,
    zoom: float = 0,
    roll: float = 0,
    size: tuple[int, int] = SIZE,
) -> Image:
    """What a camera sees that looks at half of the still and has moved for `time_s`.

    Per second: `pan` in widths to the right, `tilt` in heights upwards, `zoom` in shares, `roll` in degrees clockwise.
    """
    width, height = size
    scale = 0.5 * min(picture.shape[1] / width, picture.shape[0] / height)
    x = picture.shape[1] / 2 + pan * (time_s - 1) * width * scale
    y = picture.shape[0] / 2 - tilt * (time_s - 1) * height * scale
    angle, scale = radians(roll * time_s), scale * (1 + zoom) ** -time_s
    a, b = scale * cos(angle), scale * sin(angle)
    to_still = np.array([[a, -b, x - a * width / 2 + b * height / 2], [b, a, y - b * width / 2 - a * height / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen: Image = cv2.warpAffine(picture, to_still, size, flags=flags, borderMode=cv2.BORDER_REFLECT)
    return seen


def shaken(picture: Image, time_s: float) -> Image:
    """What a camera in an unsteady hand sees: to and fro by a few per cent of the view, several times a second."""
    x, y, turn = (
        sum(share * sin(2 * pi * rate * time_s + rate) for share, rate in waves)
        for waves in (((0.02, 1.3), (0.012, 2.9)), ((0.024, 1.7), (0.012, 3.3)), ((0.8, 2.1),))
    )
    return view(picture, 2.0, pan=x, tilt=y, roll=turn / 2)


def steps(pictures: Iterable[Image], *, fps: float = 10, rotation: int = 0, times_s: Sequence[float] = ()) -> list[Step]:
    """What the scan measures on these pictures, shown at `times_s` or else at a steady rate."""
    motion, to = Motion(rotation), None
    for index, picture in enumerate(pictures):
        frame = as_frame(picture)
        to = to or Shrink((frame.width, frame.height))
        motion.feed(index, times_s[index] if times_s else index / fps, Small(frame, to))
    return motion.steps


def speed(pictures: Iterable[Image], *, fps: float = 10) -> float:
    """The motion score of these pictures."""
    return float(np.mean([step.speed for step in steps(pictures, fps=fps)]))


def as_frame(picture: Image) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
    return frame.reformat(format="yuv420p")


def film(
    path: Path, pictures: Sequence[Image], *, pts: Sequence[int] | None = None, base: Fraction = Fraction(1, 10)
) -> Path:
    """Write the pictures as a video, shown at these ticks; the rate is one a tick unless `pts` says otherwise."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=1 / base, options={"preset": "ultrafast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt, stream.time_base = width, height, "yuv420p", base
        for index, picture in enumerate(pictures):
            frame = as_frame(picture)
            frame.pts, frame.time_base = (pts[index] if pts else index), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path

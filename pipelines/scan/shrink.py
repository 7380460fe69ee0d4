"""A decoded frame at the small sizes the analysers want.

The planes are read in place. Comparing frames takes every n-th pixel, which costs next to nothing; only the few frames a
second that are measured for motion are averaged properly.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, VideoReformatter

Image = npt.NDArray[np.uint8]

COMPARE_PX = 128
"""Longer side of the grey picture that a frame is held against the one before by; in colour half as long, as in most
videos, which is what scenes are found on. PySceneDetect itself shrinks to about 256."""
FLOW_PX = 256
"""Longer side of the picture that motion is measured on, whatever the size of the video."""
LEAST_PX = 32
"""The optical flow of OpenCV reads beyond the picture, and crashes, when a side is shorter."""
PLANAR = {
    "yuv420p": 8, "yuvj420p": 8, "yuv422p": 8, "yuvj422p": 8, "yuv444p": 8, "yuvj444p": 8,
    "yuv420p10le": 10, "yuv422p10le": 10, "yuv444p10le": 10, "yuv420p12le": 12, "yuv422p12le": 12, "yuv444p12le": 12,
}  # fmt: skip
"""Layouts whose planes are read in place, with bits a sample; any other is converted first."""
SD_COLOURS = (2, 5, 6)
"""Colour spaces (ITU-T H.273: not said, BT.470, SMPTE 170M) that OpenCV converts by the right matrix, BT.601."""


def fitted(size: tuple[int, int], longer: int) -> tuple[int, int]:
    """Width and height with the longer side `longer`, both even and at least `LEAST_PX`."""
    scale = longer / max(size)
    return max(LEAST_PX, round(size[0] * scale / 2) * 2), max(LEAST_PX, round(size[1] * scale / 2) * 2)


def halved(picture: Image, longer: int) -> Image:
    """The picture, halved as often as its longer side stays at least `longer`; an odd last row or column falls away.

    OpenCV takes the mean of four pixels in a tenth of the time of any other reduction that looks at every pixel.
    """
    while max(picture.shape[:2]) >= 2 * longer and min(picture.shape[:2]) >= 2:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        picture = cv2.resize(picture[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return picture


class Shrink:
    """The small sizes of one video, fixed by its first frame: a stream that changes size midway still compares."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.compare = fitted(size, COMPARE_PX)
        self.flow = fitted(size, FLOW_PX)
        self.convert = VideoReformatter()
        """For layouts whose planes cannot be read in place."""


class Small:
    """One frame, shrunk on demand."""

    def __init__(self, frame: Any, to: Shrink) -> None:
        planar = frame.format.name in PLANAR and min(frame.width, frame.height) >= 16
        self._frame: Any = frame if planar else to.convert.reformat(frame, *to.flow, format="yuv420p")
        self._bits = PLANAR.get(self._frame.format.name, 8)
        self._to = to

    @property
    def full_range(self) -> bool:
        return is_full_range(self._frame)

    def compare(self) -> tuple[Image, Image]:
        """Luma at `COMPARE_PX`, and the picture as BGR at half of that; every n-th pixel."""
        width, height = self._to.compare
        luma = self._every_nth(0, (width, height))
        u, v = (self._every_nth(i, (width // 2, height // 2)) for i in (1, 2))
        return luma, cv2.cvtColor(cv2.merge([luma[::2, ::2], v, u]), cv2.COLOR_YCrCb2BGR)

    def flow(self) -> Image:
        """Luma at `FLOW_PX`, each pixel the mean of four: any other number takes OpenCV ten times as long."""
        width, height = self._to.flow
        twice = cv2.resize(self._plane(0), (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST)
        return self._eight_bits(cv2.resize(twice, (width, height), interpolation=cv2.INTER_AREA))

    def _every_nth(self, plane: int, size: tuple[int, int]) -> Image:
        return self._eight_bits(cv2.resize(self._plane(plane), size, interpolation=cv2.INTER_NEAREST))

    def _plane(self, index: int) -> npt.NDArray[Any]:
        return in_memory(self._frame.planes[index], np.uint8 if self._bits == 8 else np.dtype("<u2"))

    def _eight_bits(self, picture: npt.NDArray[Any]) -> Image:
        return picture if self._bits == 8 else (picture >> (self._bits - 8)).astype(np.uint8)


class Pictures:
    """Makes BGR pictures of frames, of one size. Each pixel is the mean of those it stands for, however it is made."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._halves = (size[0] // 2, size[1] // 2)
        self._convert = VideoReformatter()  # one for all: making a converter takes longer than converting

    def of(self, frame: Any) -> Image:
        """The whole frame, shrunk: by OpenCV where that gives the same colours in a third of the time."""
        if not self._can_halve(frame):
            converted = self._convert.reformat(frame, *self._size, format="bgr24", interpolation="AREA")
            return np.asarray(converted.to_ndarray(), np.uint8)
        y, u, v = (in_memory(plane, np.uint8) for plane in frame.planes)
        parts: list[Any] = [cv2.resize(y, self._size, interpolation=cv2.INTER_AREA)]
        parts += [cv2.resize(chroma, self._halves, interpolation=cv2.INTER_AREA) for chroma in (u, v)]
        i420 = np.concatenate([part.ravel() for part in parts]).reshape(-1, self._size[0])
        picture: Image = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)
        return picture

    def _can_halve(self, frame: Any) -> bool:
        if frame.format.name != "yuv420p" or frame.colorspace not in SD_COLOURS or is_full_range(frame):
            return False
        if self._size[0] % 2 or self._size[1] % 2:
            return False
        return (frame.width, frame.height) == (2 * self._size[0], 2 * self._size[1])


def is_full_range(frame: Any) -> bool:
    """Whether black is 0 and white 255, as telephones, screens and JPEGs have it, not 16 and 235."""
    return bool(frame.color_range == ColorRange.JPEG) or frame.format.name.startswith("yuvj")


def in_memory(plane: Any, dtype: Any) -> npt.NDArray[Any]:
    """A plane as a view into the decoder's memory."""
    width = plane.line_size // np.dtype(dtype).itemsize
    return np.frombuffer(plane, dtype).reshape(-1, width)[: plane.height, : plane.width]

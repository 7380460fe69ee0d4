"""Signals of single pictures: how bright, how sharp, how colourful."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.scan.shrink import Image, halved

SHARPNESS_PX = 320
"""Longer side of the picture sharpness is measured on, so that 360p and 1080p of one scene agree."""
BLACK, WHITE = 16, 235
"""Luma of black and white in limited-range video."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one sampled picture looks like."""

    contrast: float
    """Standard deviation of luma as a share of the range: 0 is one grey, 0.5 half black and half white."""
    saturation: float
    """Mean of HSV's saturation: 0 is grey, 1 pure colour."""
    sharpness: float
    """Spread of the Laplacian over the spread of luma, at `SHARPNESS_PX`: 0 is flat or blurred, above 0.5 crisp."""


def brightness(luma: Image, *, full_range: bool = False) -> float:
    """Mean luma between black (0) and white (1)."""
    black, white = (0, 255) if full_range else (BLACK, WHITE)
    return min(max((float(cv2.mean(luma)[0]) - black) / (white - black), 0.0), 1.0)


def look(bgr: Image) -> Look:
    """Measure an upright picture of any size."""
    small, scale = halved(bgr, SHARPNESS_PX), SHARPNESS_PX / max(bgr.shape[:2])
    if max(small.shape[:2]) != SHARPNESS_PX:  # at once: shrunk in two steps a picture is blurred
        small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    spread = float(grey.std())
    edges = float(cv2.Laplacian(grey, cv2.CV_32F).std())
    return Look(
        contrast=spread / 255,
        saturation=cv2.mean(cv2.cvtColor(small, cv2.COLOR_BGR2HSV))[1] / 255,
        sharpness=edges / spread if spread > 1 else 0.0,
    )


def mean_look(looks: list[Look]) -> Look:
    """The mean of several pictures."""
    table: npt.NDArray[np.float64] = np.array([(one.contrast, one.saturation, one.sharpness) for one in looks])
    contrast, saturation, sharpness = table.mean(axis=0).tolist()
    return Look(contrast, saturation, sharpness)

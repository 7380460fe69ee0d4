"""Where scenes begin: PySceneDetect's detectors, fed one small frame at a time."""

from __future__ import annotations

from fractions import Fraction

from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector

from pipelines.scan.params import Scan
from pipelines.scan.shrink import Image

SHORTEST_SCENE_S = 0.25
"""Cuts closer together than this are one: a flash, or a cut with a blended frame."""


class Cuts:
    """Tells at which frames a new scene begins, a few frames after they have passed."""

    def __init__(self, params: Scan, fps: float) -> None:
        self._rate = Fraction(fps if 1 <= fps <= 240 else 25).limit_denominator(1001)
        gap = max(2, round(SHORTEST_SCENE_S * float(self._rate)))
        self._detector: AdaptiveDetector | ContentDetector | None = None
        if params.detector == "adaptive":
            self._detector = AdaptiveDetector(adaptive_threshold=params.threshold or 3.0, min_scene_len=gap)
        elif params.detector == "content":
            self._detector = ContentDetector(threshold=params.threshold or 27.0, min_scene_len=gap)

    def feed(self, index: int, bgr: Image) -> list[int]:
        """Look at frame `index`; the indices of frames, this one or shortly before, that begin a scene."""
        if self._detector is None:
            return []
        found = self._detector.process_frame(FrameTimecode(index, fps=self._rate), bgr)
        return [cut.frame_num for cut in found]

"""PySceneDetect's AdaptiveDetector: a cut differs more than the frames around it do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pipelines.scan.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image


@DETECTORS.register
class Adaptive(Detector):
    """Compares each frame's difference with the mean of its four neighbours'."""

    name: ClassVar[str] = "adaptive"
    about: ClassVar[str] = "forgives fast motion"
    usual: ClassVar[float | None] = 2.4
    """PySceneDetect's own is 3, which left cuts inside clips: `bench/cuts.py` finds 35 of 39 at 2.4, 31 at 3."""
    late = 2

    def __init__(self, fps: float, threshold: float | None = None) -> None:
        from pipelines.scan.pyscenedetect import Fed, QuickAdaptive

        super().__init__(fps, threshold)
        self._fed = Fed(QuickAdaptive(adaptive_threshold=self.threshold, min_scene_len=self.shortest), self.fps)

    def feed(self, index: int, bgr: Image) -> list[int]:
        return self._fed.feed(index, bgr)

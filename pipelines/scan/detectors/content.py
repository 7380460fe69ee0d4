"""PySceneDetect's ContentDetector, which the published pipelines use: hue, saturation and brightness change at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pipelines.scan.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image


@DETECTORS.register
class Content(Detector):
    """Compares each frame with the one before; changes closer together than the shortest scene are merged into the last."""

    name: ClassVar[str] = "content"
    about: ClassVar[str] = "is the classic"
    usual: ClassVar[float | None] = 27.0

    def __init__(self, fps: float, threshold: float | None = None) -> None:
        from pipelines.scan.pyscenedetect import Fed, QuickContent

        super().__init__(fps, threshold)
        self.late = self.shortest + 1  # while it merges
        self._fed = Fed(QuickContent(threshold=self.threshold, min_scene_len=self.shortest), self.fps)

    def feed(self, index: int, bgr: Image) -> list[int]:
        return self._fed.feed(index, bgr)

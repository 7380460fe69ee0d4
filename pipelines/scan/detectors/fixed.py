"""No detector at all: a video is one scene, divided by length alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pipelines.scan.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image


@DETECTORS.register
class Fixed(Detector):
    """Finds nothing."""

    name: ClassVar[str] = "fixed"
    about: ClassVar[str] = "looks for no cuts"

    def feed(self, index: int, bgr: Image) -> list[int]:
        return []

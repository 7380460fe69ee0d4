"""PySceneDetect's AdaptiveDetector: a cut differs more than the frames around it do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pipelines.scan.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

AROUND = 2
"""Frames on either side that a frame is compared with: PySceneDetect's own."""
LEAST = 12.0
"""Mean change of hue, saturation and value that a cut has. PySceneDetect's own is 15, which black-and-white films, where the
value alone changes, and dark ones often stay below."""
REPEATED = 1.5
"""Mean difference of the colours, in grey levels, up to which a frame shows the one before once more."""
MOST_REPEATS = 4
"""So many in a row are passed over: animation of twelve pictures a second shows each five times in sixty."""


@DETECTORS.register
class Adaptive(Detector):
    """Compares each frame's difference with the mean of its four neighbours'.

    It is shown the frames that bring something new: beside repeated ones each change would look like a cut. What was before
    the first frame and comes after the last is taken to look the same, or cuts near the ends could not be judged. Every cut
    is told, however near to the last: a few frames of another scene must not begin a clip.
    """

    name: ClassVar[str] = "adaptive"
    about: ClassVar[str] = "forgives fast motion"
    usual: ClassVar[float | None] = 2.4
    """PySceneDetect's own is 3, which left cuts inside clips: `bench/cuts.py` finds 36 of 39 at 2.4, 32 at 3."""
    late = AROUND * (MOST_REPEATS + 1)

    def __init__(self, fps: float, threshold: float | None = None) -> None:
        from pipelines.scan.pyscenedetect import Fed, QuickAdaptive

        super().__init__(fps, threshold)
        detector = QuickAdaptive(
            adaptive_threshold=self.threshold, window_width=AROUND, min_content_val=LEAST, min_scene_len=1
        )
        self._fed = Fed(detector, self.fps)
        self._last: tuple[int, Image] | None = None
        self._repeats = 0

    def feed(self, index: int, bgr: Image) -> list[int]:
        if self._last is None:
            self._around(index, bgr)
        elif self._repeats < MOST_REPEATS and self._is_repeated(bgr):
            self._repeats += 1
            return []
        self._last, self._repeats = (index, bgr), 0
        return self._fed.feed(index, bgr)

    def finish(self) -> list[int]:
        return self._around(*self._last) if self._last else []

    def _around(self, index: int, bgr: Image) -> list[int]:
        """Show the first or the last frame once more for each that is not there."""
        return [cut for _ in range(AROUND) for cut in self._fed.feed(index, bgr)]

    def _is_repeated(self, bgr: Image) -> bool:
        import cv2

        assert self._last
        return float(cv2.norm(bgr, self._last[1], cv2.NORM_L1)) <= REPEATED * bgr.size

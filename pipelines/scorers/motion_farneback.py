"""EasyAnimate's motion score, for recipes that carry its thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field, PrivateAttr

from pipelines.child import Child
from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Score


@SCORERS.register
class MotionFarneback(Scorer):
    """Farneback's optical flow twice a second at full resolution; reads the clip from its source, in a child process."""

    name: ClassVar[str] = "motion_farneback"
    about: ClassVar[str] = "EasyAnimate's motion score: pixels per half second, keep 2 to 20; slow, reads the source."
    version: ClassVar[int] = 1
    scores: ClassVar[tuple[str, ...]] = ("motion_farneback",)

    time_limit_s: float = Field(600, ge=1, le=86400, description="Longest time one clip may take, in seconds of the clock")

    _child: Child | None = PrivateAttr(None)

    def setup(self) -> None:
        self._child = Child()

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        return [Measured((Score("motion_farneback", self._measure(material)),)) for material in batch]

    def close(self) -> None:
        if self._child:
            self._child.close()
        self._child = None

    def _measure(self, material: Material) -> float:
        assert self._child, "setup comes first"
        clip = material.clip
        argument = {
            "path": clip.video.path, "start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames,
        }  # fmt: skip
        return float(self._child.run("pipelines.scan.farneback:measure", argument, seconds=self.time_limit_s))

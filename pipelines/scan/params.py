"""What can be set about the scan. Imports no decoder, so that the studio can make a form of it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator, model_validator

from pipelines.scan.detectors import DETECTORS
from pipelines.scan.signals import SIGNALS
from pipelines.stage import Configured, digest

SCORES = tuple(SIGNALS)
"""Scores every scanned clip has, measured or missing."""


class Scan(Configured):
    """Reads a video once: scenes, clips, motion, camera, light, colours, sampled frames."""

    name: ClassVar[str] = "scan"
    about: ClassVar[str] = "Reads each video once; finds scenes, divides them into clips and measures them."
    version: ClassVar[int] = 6

    detector: str = Field(
        "adaptive",
        description=f"How scenes are found: {', '.join(f'{name} {cls.about}' for name, cls in DETECTORS)}",
        json_schema_extra={"enum": [name for name, _ in DETECTORS]},
    )
    threshold: float | None = Field(
        None,
        ge=0.05,
        le=100,
        description="Lower finds more scenes; empty takes the detector's own: "
        + ", ".join(f"{name} {cls.usual:g}" for name, cls in DETECTORS if cls.usual),
    )
    min_s: float = Field(3.0, ge=0.2, le=60, description="Shortest clip in seconds; shorter scenes are left out")
    max_s: float = Field(10.0, ge=0.5, le=600, description="Longest clip in seconds; longer scenes are divided evenly")
    trim_frames: int = Field(2, ge=0, le=30, description="Frames left out on both sides of a cut")
    transitions: bool = Field(True, description="Find dissolves and fades, and leave them out of the clips")
    black_below: float = Field(0.02, ge=0, le=0.3, description="Frames darker than this end a scene, as in a fade")
    whole: bool = Field(False, description="Take each file as one clip, as it is: for clips that are cut already")
    sheet_every_s: float = Field(1.0, ge=0.2, le=10, description="Seconds between the frames kept for looking at")
    sheet_px: int = Field(640, ge=160, le=1280, description="Longer side of a kept frame in pixels")
    time_limit_s: float = Field(3600, ge=1, le=86400, description="Longest time one video may take, in seconds of the clock")
    max_video_s: float = Field(6 * 3600, ge=1, le=86400, description="Longest video that is read, in seconds")

    @field_validator("detector")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in DETECTORS:
            raise ValueError(f"there is no detector {name!r}; known: {', '.join(known for known, _ in DETECTORS)}")
        return name

    def digest(self) -> str:
        """What was scanned before files could be taken whole stays valid."""
        fields = self.model_dump(mode="json", exclude=None if self.whole else {"whole"})
        return digest({"stage": self.name, "version": self.version, "parameters": fields})

    @model_validator(mode="after")
    def _fits(self) -> Scan:
        if self.max_s < 2 * self.min_s:
            raise ValueError(
                f"max_s ({self.max_s:g}) must be at least twice min_s ({self.min_s:g}), or scenes cannot be divided"
            )
        return self

"""What every scanned clip is measured for: the one place that says what each number means.

Imports nothing heavy: the studio shows these sentences, rules are checked against these names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """One number a clip."""

    unit: str
    low: float
    high: float | None
    """None where there is no end."""
    meaning: str

    @property
    def range(self) -> str:
        """ "0–1, share" or "0 up, seconds"."""
        return f"{self.low:g} up, {self.unit}" if self.high is None else f"{self.low:g}–{self.high:g}, {self.unit}"


SHARE = "share"

SIGNALS = {
    "duration": Signal("seconds", 0, None, "from the first frame to the end of the last one"),
    "motion": Signal(
        "frame diagonals a second", 0, None,
        "mean speed of everything in the picture; below 0.002 nothing moves, above 0.05 much does",
    ),
    "camera_speed": Signal(
        "sides of the picture a second", 0, None,
        "how far the points of the picture travel by the camera alone; 0 is a camera that stands still",
    ),
    "camera_confidence": Signal(
        SHARE, 0, 1, "how sure the word for the camera is: how well what moves agrees with it, and for how much of the time"
    ),
    "sharpness": Signal(
        "edges against contrast at 320 pixels", 0, None, "0 is flat or blurred, above 0.5 crisp; the same at any resolution"
    ),
    "brightness": Signal(SHARE, 0, 1, "mean luma between black and white"),
    "contrast": Signal(SHARE, 0, 0.5, "spread of luma; 0 is one grey, 0.5 half black and half white"),
    "saturation": Signal(SHARE, 0, 1, "how colourful; 0 is grey, 1 pure colour"),
    "black": Signal(SHARE, 0, 1, "frames in which next to nothing can be seen; few, as black ends a scene"),
    "frozen": Signal(SHARE, 0, 1, "frames that repeat the one before"),
    "flashes": Signal("flashes a second", 0, None, "sudden light or dark, gone within a few frames; above 3 is a strobe"),
    "bars": Signal(SHARE, 0, 1, "picture lost to black bars above, below or beside it; the fact `crop` says what is inside"),
    "duplicate": Signal("0 or 1", 0, 1, "1 when another video has a better copy of the clip, else 0"),
}  # fmt: skip

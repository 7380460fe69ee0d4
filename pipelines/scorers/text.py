"""Text on screen: how much of the picture it covers, what it says, and whether it lies over the film or is part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr, field_validator

from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Fact, Material, Measured, Score
from pipelines.scorers.ocr import OCR, Line, Reader, choices

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

LONGEST_FACT = 500
"""Characters of recognised words that are kept."""
HUGE = 0.3
"""Share of the picture's height from which a lone character is no writing: the detector reads a globe as an O."""
APART = 0.02
"""Share of the picture's diagonal by which a corner may be off in another frame and the line still be in the same place."""
ALIKE = 0.6
"""Share of characters in common from which two lines say the same, misread here and there."""
MOST = 2 / 3
"""Share of the frames that show a line in the same place when it lies over the film."""


@SCORERS.register
class Text(Scorer):
    """Reads several frames of the clip. The area is that of the polygons' union, in the frame that shows most.

    A line that stays in place in most frames, with much the same words, is an overlay: a title, a logo, a subtitle that
    stands for long. On a camera that never moves a sign in the scene does the same, and counts as an overlay, too.
    """

    name: ClassVar[str] = "text"
    about: ClassVar[str] = (
        "Finds text on screen, measures the area it covers, reads it and tells overlays from the scene's own."
    )
    version: ClassVar[int] = 2
    scores: ClassVar[tuple[str, ...]] = ("text", "text_overlay", "text_scene")

    detector: str = Field(
        "rapidocr",
        description=f"What finds and reads: {', '.join(f'{name} {cls.about}' for name, cls in OCR)}",
        json_schema_extra={"enum": [*choices()]},
    )
    frames: int = Field(3, ge=1, le=12, description="How many frames of the clip are looked at, spread evenly")
    confidence: float = Field(0.6, ge=0, le=1, description="Writing that is read with less confidence does not count")

    _reader: Reader | None = PrivateAttr(None)

    @field_validator("detector")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return must_be_known(name)

    def setup(self) -> None:
        self._reader = OCR[self.detector](words=True)

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        return [self._measure(material) for material in batch]

    def close(self) -> None:
        self._reader = None

    def _measure(self, material: Material) -> Measured:
        from pipelines.scan import sheet

        pictures = spread(sheet.read(material.sheet.path, material.sheet.times_s), self.frames)
        shape = pictures[0].shape[:2]
        seen = [self._read(picture) for picture in pictures]
        over = overlays(seen, shape)
        scene = [[line for line in lines if line not in stays] for lines, stays in zip(seen, over, strict=True)]
        scores = (
            Score(name, max(covered([line.polygon for line in lines], shape) for lines in frames))
            for name, frames in zip(self.scores, (seen, over, scene), strict=True)
        )
        return Measured(tuple(scores), tuple(facts(words=seen, words_overlay=over)))

    def _read(self, picture: Image) -> list[Line]:
        """The lines that count, from top to bottom."""
        assert self._reader, "setup comes first"
        height = picture.shape[0]
        return [
            line
            for line in self._reader.read(picture)
            if line.sure >= self.confidence and is_writing(line.text, _tall(line) / height)
        ]


def must_be_known(name: str) -> str:
    """The name of an engine, or `ValueError` with the known ones."""
    if name not in OCR:
        raise ValueError(f"there is no text detector {name!r}; known: {', '.join(choices())}")
    return name


def overlays(seen: Sequence[Sequence[Line]], shape: tuple[int, ...]) -> list[list[Line]]:
    """Of the lines seen in each frame, those that most frames show in the same place. One frame alone cannot tell."""
    if len(seen) < 2:
        return [[] for _ in seen]
    near = APART * float(shape[0] ** 2 + shape[1] ** 2) ** 0.5

    def stays(line: Line) -> bool:
        shown = sum(any(is_same(line, other, near) for other in lines) for lines in seen)
        return shown >= max(2, MOST * len(seen) - 1e-6)

    return [[line for line in lines if stays(line)] for lines in seen]


def is_same(line: Line, other: Line, near: float) -> bool:
    """Whether two frames show the same writing, its corners within `near` pixels."""
    corners = zip(_bounds(line), _bounds(other), strict=True)
    return all(abs(a - b) <= near for a, b in corners) and SequenceMatcher(None, line.text, other.text).ratio() >= ALIKE


def facts(**frames: Sequence[Sequence[Line]]) -> Iterator[Fact]:
    """The words of each list of lines, every one once; none for an empty list. Of a script that the engine cannot read it
    returns signs without a letter: writing, but no words to search for."""
    for name, lines in frames.items():
        texts = (line.text for some in lines for line in some)
        words = ", ".join(dict.fromkeys(text for text in texts if any(map(str.isalnum, text))))[:LONGEST_FACT]
        if words:
            yield Fact(name, words)


def is_writing(text: str, height: float) -> bool:
    """Whether a line is writing. One huge character, `height` of the picture tall, is a round or straight thing instead."""
    return len(text.strip()) > 1 or height < HUGE


def spread(items: Sequence[Image], count: int) -> list[Image]:
    """Up to `count` of the items, evenly: the middle one of each of `count` stretches."""
    count = min(count, len(items))
    return [items[int((i + 0.5) * len(items) / count)] for i in range(count)]


def covered(polygons: Iterable[Any], shape: tuple[int, ...]) -> float:
    """Area of the union of polygons (n × 2 pixels each) over the picture's: overlaps count once, rotation is respected."""
    import cv2
    import numpy as np

    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(np.asarray(polygon)).astype(np.int32)], 1)
    return float(mask.mean())


def _bounds(line: Line) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    x, y = ([float(point[axis]) for point in line.polygon] for axis in (0, 1))
    return min(x), min(y), max(x), max(y)


def _tall(line: Line) -> float:
    _, top, _, bottom = _bounds(line)
    return bottom - top

"""Text on screen: how much of the picture it covers, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr

from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Fact, Material, Measured, Score

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

LONGEST_FACT = 500
"""Characters of recognised words that are kept."""
HUGE = 0.3
"""Share of the picture's height from which a lone character is no writing: the detector reads a globe as an O."""


@SCORERS.register
class Text(Scorer):
    """RapidOCR on several frames of the clip; its detector and reader come inside its package."""

    name: ClassVar[str] = "text"
    about: ClassVar[str] = "Finds text on screen, measures the area it covers and reads it (RapidOCR, no weights to fetch)."
    version: ClassVar[int] = 1
    scores: ClassVar[tuple[str, ...]] = ("text",)

    frames: int = Field(3, ge=1, le=12, description="How many frames of the clip are looked at, spread evenly")
    confidence: float = Field(0.6, ge=0, le=1, description="Writing that is read with less confidence does not count")

    _reader: Any = PrivateAttr(None)

    def setup(self) -> None:
        from rapidocr import RapidOCR

        self._reader = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Det.limit_side_len": 640,
                "Det.limit_type": "max",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            }
        )

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        return [self._measure(material) for material in batch]

    def close(self) -> None:
        self._reader = None

    def _measure(self, material: Material) -> Measured:
        from pipelines.scan import sheet

        pictures = sheet.read(material.sheet.path, material.sheet.times_s)
        found = [self._read(picture) for picture in spread(pictures, self.frames)]
        words = ", ".join(dict.fromkeys(word for _, line in found for word in line))[:LONGEST_FACT]
        score = Score("text", max(area for area, _ in found))
        return Measured((score,), (Fact("words", words),) if words else ())

    def _read(self, picture: Image) -> tuple[float, list[str]]:
        """Share of the picture covered by text, and the lines read from top to bottom."""
        result = self._reader(picture, use_det=True, use_cls=False, use_rec=True)  # all three: they stick to the instance
        if result.boxes is None:
            return 0.0, []
        height, width = picture.shape[:2]
        lines = [
            (box, text)
            for box, text, sure in zip(result.boxes, result.txts, result.scores, strict=True)
            if sure >= self.confidence and is_writing(text, float(box[:, 1].max() - box[:, 1].min()) / height)
        ]
        return covered([box for box, _ in lines], (height, width)), [text for _, text in lines]


def is_writing(text: str, height: float) -> bool:
    """Whether a line is writing. One huge character, `height` of the picture tall, is a round or straight thing instead."""
    return len(text.strip()) > 1 or height < HUGE


def spread(items: Sequence[Image], count: int) -> list[Image]:
    """Up to `count` of the items, evenly: the middle one of each of `count` stretches."""
    count = min(count, len(items))
    return [items[int((i + 0.5) * len(items) / count)] for i in range(count)]


def covered(polygons: Iterable[Any], shape: tuple[int, ...]) -> float:
    """Area of the union of polygons (n × 2 pixels each) over the picture's: overlaps count once, rotation does not matter."""
    import cv2
    import numpy as np

    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(np.asarray(polygon)).astype(np.int32)], 1)
    return float(mask.mean())

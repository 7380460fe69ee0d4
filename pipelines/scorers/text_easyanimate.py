"""EasyAnimate's text score, for recipes that carry its limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field, PrivateAttr, field_validator

from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Score
from pipelines.scorers.ocr import OCR, Reader, choices
from pipelines.scorers.text import covered, must_be_known


@SCORERS.register
class TextEasyAnimate(Scorer):
    """What the detector alone finds in the middle frame, nothing read.

    Where text is upright and boxes do not overlap this is the published figure. Theirs leaves out slanted text by mistake
    and counts overlaps twice; here slanted text counts, and every pixel once. The frame is the contact sheet's.
    """

    name: ClassVar[str] = "text_easyanimate"
    about: ClassVar[str] = "EasyAnimate's text score: share of the middle frame in detected boxes, keep up to 0.02."
    version: ClassVar[int] = 1
    scores: ClassVar[tuple[str, ...]] = ("text_easyanimate",)

    detector: str = Field(
        "easyocr",
        description=f"What finds the boxes, EasyOCR in the published pipeline: "
        f"{', '.join(f'{name} {cls.about}' for name, cls in OCR)}",
        json_schema_extra={"enum": [*choices()]},
    )

    _reader: Reader | None = PrivateAttr(None)

    @field_validator("detector")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return must_be_known(name)

    def setup(self) -> None:
        self._reader = OCR[self.detector](words=False)

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        return [Measured((Score("text_easyanimate", self._measure(material)),)) for material in batch]

    def close(self) -> None:
        self._reader = None

    def _measure(self, material: Material) -> float:
        from pipelines.scan import sheet

        assert self._reader, "setup comes first"
        pictures = sheet.read(material.sheet.path, material.sheet.times_s)
        middle = pictures[len(pictures) // 2]
        return covered(self._reader.find(middle), middle.shape[:2])

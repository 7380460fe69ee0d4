"""RapidOCR: PP-OCR's networks on ONNX Runtime; they come inside its package."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pipelines.scorers.ocr import OCR, Line, Polygon, Reader

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

LONGEST_SIDE = 640


@OCR.register
class RapidOcr(Reader):
    """What its detector and its reader see."""

    name: ClassVar[str] = "rapidocr"
    about: ClassVar[str] = "brings its networks with it"

    def __init__(self, *, words: bool) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Det.limit_side_len": LONGEST_SIDE,
                "Det.limit_type": "max",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            }
        )

    def find(self, picture: Image) -> list[Polygon]:
        boxes = self._engine(picture, use_det=True, use_cls=False, use_rec=False).boxes  # all three: they stick
        return [] if boxes is None else list(boxes)

    def read(self, picture: Image) -> list[Line]:
        found = self._engine(picture, use_det=True, use_cls=False, use_rec=True)
        if found.boxes is None:
            return []
        return [Line(*line) for line in zip(found.boxes, found.txts, found.scores, strict=True)]

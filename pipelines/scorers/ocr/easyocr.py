"""EasyOCR: CRAFT and a reader on torch; an optional extra whose weights a person puts in place."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.errors import Fatal
from pipelines.scorers.ocr import OCR, Line, Polygon, Reader

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

PACKAGES = ("torch", "torchvision", "easyocr")


@OCR.register
class EasyOcr(Reader):
    """What CRAFT finds, upright and free-form, and what the reader reads in it."""

    name: ClassVar[str] = "easyocr"
    about: ClassVar[str] = "needs the extra packages and its weights"

    def __init__(self, *, words: bool) -> None:
        missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            raise Fatal(f"EasyOCR needs {' and '.join(missing)}, not installed here; run `make models` or take rapidocr")
        from pipelines.backends import easyocr

        self._backend: Any = easyocr
        self._engine = easyocr.open_reader(words=words)

    def find(self, picture: Image) -> list[Polygon]:
        upright, free = self._backend.find(self._engine, picture)
        boxes = [[(left, top), (right, top), (right, bottom), (left, bottom)] for left, right, top, bottom in upright]
        return [*boxes, *free]

    def read(self, picture: Image) -> list[Line]:
        found = [Line(polygon, text, float(sure)) for polygon, text, sure in self._backend.read(self._engine, picture)]
        return sorted(found, key=lambda line: min(y for _, y in line.polygon))

"""EasyOCR: CRAFT and a reader on torch; an optional extra whose weights a person puts in place."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.errors import Fatal
from pipelines.scorers.ocr import OCR, Line, Polygon, Reader

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

PACKAGES = ("torch", "torchvision", "easyocr")
FINDER = "craft_mlt_25k.pth"
READERS = {"zh_sim_g2.pth": ["ch_sim", "en"], "english_g2.pth": ["en"]}
"""Weights of the readers and what they read; the first that is there is taken."""
SOURCE = "https://www.jaided.ai/easyocr/modelhub"


def folder() -> Path:
    """Where the weights belong, as EasyOCR itself says."""
    base = os.environ.get("EASYOCR_MODULE_PATH") or os.environ.get("MODULE_PATH") or "~/.EasyOCR"
    return Path(base).expanduser() / "model"


def reader_file() -> str:
    """The reader's weights that are there, or those that are asked for."""
    return next((name for name in READERS if (folder() / name).exists()), "english_g2.pth")


def missing_weights(*, words: bool) -> list[str]:
    """Names of the files that are not there."""
    return [name for name in [FINDER, reader_file()][: 1 + words] if not (folder() / name).exists()]


@OCR.register
class EasyOcr(Reader):
    """What CRAFT finds, upright and free-form, and what the reader reads in it."""

    name: ClassVar[str] = "easyocr"
    about: ClassVar[str] = "needs the extra packages and its weights"

    def __init__(self, *, words: bool) -> None:
        missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            raise Fatal(f"EasyOCR needs {' and '.join(missing)}, not installed here; run `make models` or take rapidocr")
        files = missing_weights(words=words)
        if files:
            raise Fatal(
                f"EasyOCR's weights are not here: put {' and '.join(files)} from {SOURCE} into {folder()}, "
                "or take the detector rapidocr, which brings its own"
            )
        from pipelines.backends import easyocr

        self._backend: Any = easyocr
        self._engine = easyocr.open_reader(folder(), READERS[reader_file()], words=words)

    def find(self, picture: Image) -> list[Polygon]:
        upright, free = self._backend.find(self._engine, picture)
        boxes = [[(left, top), (right, top), (right, bottom), (left, bottom)] for left, right, top, bottom in upright]
        return [*boxes, *free]

    def read(self, picture: Image) -> list[Line]:
        found = [Line(polygon, text, float(sure)) for polygon, text, sure in self._backend.read(self._engine, picture)]
        return sorted(found, key=lambda line: min(y for _, y in line.polygon))

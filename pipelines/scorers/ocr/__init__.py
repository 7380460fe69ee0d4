"""Readers of text in pictures, one engine a file. A new one is a new file here, nothing else.

Importing this loads no engine: forms ask for the names. A reader loads its networks when it is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.registry import Registry

if TYPE_CHECKING:
    from pipelines.scan.shrink import Image

Polygon = Any
"""An array of n × (x, y), in pixels of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Writing found in a picture."""

    polygon: Polygon
    text: str
    sure: float
    """How sure the reader is of the words, 0 to 1."""


class Reader(ABC):
    """One engine, ready to work."""

    name: ClassVar[str]
    about: ClassVar[str]
    """A few words for people who choose, ending a sentence that begins with the name."""

    @abstractmethod
    def __init__(self, *, words: bool) -> None:
        """Load what is needed to find text, and to read it when `words`. May raise `Fatal`."""

    @abstractmethod
    def find(self, picture: Image) -> list[Polygon]:
        """Where text is, in a BGR picture of any size."""

    @abstractmethod
    def read(self, picture: Image) -> list[Line]:
        """What it says, from top to bottom. Only after `words`."""


OCR: Registry[Reader] = Registry("pipelines.scorers.ocr")


def choices() -> list[str]:
    """Names of the engines."""
    return [name for name, _ in OCR]

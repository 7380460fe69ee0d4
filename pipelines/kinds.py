"""The kinds of stage and where each kind lives. Importing this loads no model and no decoder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from pipelines.records import Caption, Checked, Draft, Material, Measured, Sample
from pipelines.registry import Registry
from pipelines.stage import Stage, digest


class Scorer(Stage[Material, Measured], ABC):
    """Clip → numbers and facts."""

    scores: ClassVar[tuple[str, ...]]
    """Names of the scores it gives, so that a clip it fails on gets each of them as missing."""


class Captioner(Stage[Material, Caption], ABC):
    """Clip → caption."""


class Rewriter(Stage[Draft, Caption], ABC):
    """Caption → caption, by its words; frames are not looked at again."""


class Aligner(Stage[Draft, Checked], ABC):
    """Caption and frames → how well they fit."""

    scores: ClassVar[tuple[str, ...]]
    """Names of the scores it gives, so that a clip it fails on gets each of them as missing."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How exported clips are made. The same clip cut the same way is the same file, byte for byte."""

    version: ClassVar[int] = 1
    """Raised when the same options would give another file."""
    crf: int = 17
    """x264's quality: 17 can hardly be told from the source, lower is larger."""
    audio: bool = False
    copy: bool = True
    """Take the source's own packets where they hold exactly the clip's frames; those clips have the source's quality,
    whatever `crf` says."""

    def digest(self) -> str:
        return digest({"version": self.version, **asdict(self)})


Cutter = Callable[[Iterable[tuple[Sample, str]]], Iterator[tuple[Sample, str]]]
"""Takes samples with the file name each clip shall have, relative to the folder of the export; gives them back, in the
same order, when the file is there. A clip that cannot be cut does not come back."""


class Exporter(BaseModel, ABC):
    """Samples → a training set. Its fields are its options; it knows rows and names, others cut and keep the books."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    about: ClassVar[str]

    @abstractmethod
    def cutting(self) -> Cutting:
        """How the clips shall be encoded."""

    @abstractmethod
    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        """Write all below `folder`, which exists. No sample's text is blank; clips of one video come in a row.

        Must stream: there may be millions."""

    @abstractmethod
    def preview(self, samples: Iterable[Sample]) -> str:
        """What the first rows will look like, as text."""


SCORERS: Registry[Scorer] = Registry("pipelines.scorers")
CAPTIONERS: Registry[Captioner] = Registry("pipelines.captioners")
REWRITERS: Registry[Rewriter] = Registry("pipelines.rewriters")
ALIGNERS: Registry[Aligner] = Registry("pipelines.aligners")
EXPORTERS: Registry[Exporter] = Registry("pipelines.exporters")

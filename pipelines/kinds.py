"""The kinds of stage and where each kind lives. Importing this loads no model and no decoder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from pipelines.records import Caption, Material, Measured, Sample
from pipelines.registry import Registry
from pipelines.stage import Stage


class Scorer(Stage[Material, Measured], ABC):
    """Clip → numbers and facts."""

    scores: ClassVar[tuple[str, ...]]
    """Names of the scores it gives, so that a clip it fails on gets each of them as missing."""


class Captioner(Stage[Material, Caption], ABC):
    """Clip → caption."""


class Exporter(BaseModel, ABC):
    """Samples → files. Its fields are its options."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    about: ClassVar[str]

    @abstractmethod
    def write(self, samples: Callable[[], Iterator[Sample]], folder: Path, *, progress: Callable[[int], None]) -> int:
        """Write all samples below `folder`, which is empty, and return how many. `samples()` may be read more than once.

        `progress` is called with the number written so far and may raise `Cancelled`."""

    @abstractmethod
    def preview(self, samples: list[Sample]) -> str:
        """What the first rows will look like, as text."""


SCORERS: Registry[Scorer] = Registry("pipelines.scorers")
CAPTIONERS: Registry[Captioner] = Registry("pipelines.captioners")
EXPORTERS: Registry[Exporter] = Registry("pipelines.exporters")

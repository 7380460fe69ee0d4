"""How well a clip looks, as people who rate photographs would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from pipelines import catalogue, weights
from pipelines.errors import Fatal
from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Score
from pipelines.scorers.text import spread

if TYPE_CHECKING:
    from pipelines.backends.embed import Embedder

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Predictor:
    """A network that sees, and a head, trained by others, that judges what it saw."""

    model: str
    """Name in the catalogue."""
    source: str
    """Where the head is published, and where it lies below the models folder: `ORG/NAME`."""
    file: str
    licence: str

    def head(self) -> Path:
        """The head's file. Raises `Fatal` when it is not here."""
        found = weights.side_file(self.source, weights.both_formats(self.file))
        if found is None:
            folder = catalogue.folder() / self.source
            raise Fatal(
                f"the aesthetic head is not here; put {self.file} from https://github.com/{self.source} "
                f"({self.licence}) into {folder}"
            )
        return found


PREDICTORS = {
    "siglip": Predictor(
        "siglip-so400m",
        "discus0434/aesthetic-predictor-v2-5",
        "aesthetic_predictor_v2_5.pth",
        "AGPL-3.0",
    ),
    "clip": Predictor(
        "clip-l14",
        "christophschuhmann/improved-aesthetic-predictor",
        "sac+logos+ava1-l14-linearMSE.pth",
        "Apache-2.0",
    ),
}


@SCORERS.register
class Aesthetic(Scorer):
    """The mean over a few frames of the contact sheet. Heads of both predictors are linear, whatever their layers."""

    name: ClassVar[str] = "aesthetic"
    about: ClassVar[str] = (
        "How well it looks, 1 to 10, keep from 4: SigLIP with predictor v2.5 (AGPL-3.0), or CLIP with LAION's (Apache-2.0)."
    )
    version: ClassVar[int] = 1
    batch_size: ClassVar[int] = 16
    scores: ClassVar[tuple[str, ...]] = ("aesthetic",)

    predictor: Literal["siglip", "clip"] = Field(
        "siglip",
        description="siglip: SigLIP so400m with the aesthetic predictor v2.5, in EasyAnimate since v3; "
        "clip: CLIP L/14 with LAION's linear head, in EasyAnimate v2 and Open-Sora",
    )
    frames: int = Field(4, ge=1, le=12, description="How many frames of the clip are looked at, spread evenly")

    _embedder: Embedder | None = PrivateAttr(None)
    _head: Any = PrivateAttr(None)

    def setup(self) -> None:
        chosen = PREDICTORS[self.predictor]
        place, head = weights.place(catalogue.find(chosen.model)), chosen.head()
        weights.must_be_installed()
        from pipelines.backends.embed import Embedder
        from pipelines.backends.head import read_linear

        self._embedder = Embedder(place)
        self._head = read_linear(head, width=self._embedder.width)

    def holds(self) -> dict[str, int]:
        return {f"{self.name} {self.predictor}": weights.size_bytes(catalogue.find(PREDICTORS[self.predictor].model))}

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        from pipelines.scan import sheet

        assert self._embedder, "setup comes first"
        frames = [spread(sheet.read_rgb(one.sheet), self.frames) for one in batch]
        vectors = iter(self._embedder.pictures(picture for some in frames for picture in some))
        weight, constant = self._head
        means = [sum(float(next(vectors) @ weight) for _ in some) / len(some) + constant for some in frames]
        return [Measured((Score("aesthetic", round(mean, DIGITS)),)) for mean in means]

    def close(self) -> None:
        self._embedder = self._head = None

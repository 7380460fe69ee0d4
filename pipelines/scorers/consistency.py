"""Whether a clip shows one thing throughout: how alike its neighbouring frames are to a network that knows things."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr

from pipelines import catalogue, weights
from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Score

if TYPE_CHECKING:
    from pipelines.backends.embed import Embedder

DIGITS = 4


@SCORERS.register
class Consistency(Scorer):
    """Cosines of neighbouring frames of the contact sheet: the least, and the mean.

    EasyAnimate compares the file's keyframes, whose places are the encoder's choice; a sheet has a frame each second. A clip
    with one frame has no neighbours, and so no score: theirs let it pass.
    """

    name: ClassVar[str] = "consistency"
    about: ClassVar[str] = "How alike neighbouring frames are to CLIP (MIT), least and mean; EasyAnimate keeps from 0.80."
    version: ClassVar[int] = 1
    batch_size: ClassVar[int] = 16
    scores: ClassVar[tuple[str, ...]] = ("consistency", "consistency_mean")

    model: str = Field("clip-l14-336", description="What compares: a model of the catalogue, hub id or folder")

    _embedder: Embedder | None = PrivateAttr(None)

    def setup(self) -> None:
        place = weights.place(catalogue.find(self.model))
        weights.must_be_installed()
        from pipelines.backends.embed import Embedder

        self._embedder = Embedder(place)

    def holds(self) -> dict[str, int]:
        return {f"{self.name} {self.model}": weights.size_bytes(catalogue.find(self.model))}

    def process(self, batch: Sequence[Material]) -> list[Measured]:
        from pipelines.scan import sheet

        assert self._embedder, "setup comes first"
        frames = [sheet.read_rgb(one.sheet) for one in batch]
        vectors = iter(self._embedder.pictures(picture for some in frames for picture in some))
        return [self._compared([next(vectors) for _ in some]) for some in frames]

    def close(self) -> None:
        self._embedder = None

    def _compared(self, vectors: Sequence[Any]) -> Measured:
        cosines = [float(one @ other) for one, other in pairwise(vectors)]
        if not cosines:
            return Measured(tuple(Score(name, None, "one sampled frame has no neighbours") for name in self.scores))
        values = (min(cosines), sum(cosines) / len(cosines))
        return Measured(tuple(Score(name, round(value, DIGITS)) for name, value in zip(self.scores, values, strict=True)))

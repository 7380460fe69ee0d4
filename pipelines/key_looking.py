"""What stages have in common that show a model key frames."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field, PrivateAttr

from pipelines import weights
from pipelines.catalogue import find
from pipelines.chat import Film
from pipelines.keyframes import Describe, choose, looks, picked
from pipelines.records import Material
from pipelines.sampling import CANDIDATES, CHOICES
from pipelines.seeing import Seeing

In = TypeVar("In")
Out = TypeVar("Out")


class KeyLooking(Seeing[In, Out], Generic[In, Out]):
    """A seeing stage whose frames are candidates, of which those are kept that differ."""

    sampling: str = Field(CANDIDATES, description="Which frames are candidates", json_schema_extra={"enum": [*CHOICES]})
    frames: int = Field(60, ge=2, le=768, description="Most candidates")
    alike: float = Field(
        0.93, ge=0, le=1, description="A candidate is kept that is less alike than this to the last one kept"
    )
    embedder: str = Field(
        "", description="Model that tells how alike frames are, such as clip-l14-336; empty: by their looks"
    )

    _describe: Describe | None = PrivateAttr(None)

    def setup(self) -> None:
        super().setup()
        self._describe = _embedding(self.embedder) if self.embedder else looks

    def holds(self) -> dict[str, int]:
        embedder = {f"{self.name} {self.embedder}": weights.size_bytes(find(self.embedder))} if self.embedder else {}
        return super().holds() | embedder

    def close(self) -> None:
        super().close()
        self._describe = None

    def key_frames(self, material: Material) -> Film:
        """The key frames of a clip. Raises `Refused` when the source cannot be read."""
        assert self._describe, "setup comes first"
        film = self.film(material)
        return picked(film, choose(film, self._describe, self.alike))


def _embedding(model: str) -> Describe:
    from pipelines.backends.embed import describer

    return describer(model)

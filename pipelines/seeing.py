"""What every asking stage has in common that looks at the clip: which frames, how many, how large, and what they cost."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field, PrivateAttr

from pipelines import sampling
from pipelines.asking import Asking
from pipelines.catalogue import find
from pipelines.chat import Content, Film
from pipelines.looking import Eyes, Look, fitted
from pipelines.records import Material

In = TypeVar("In")
Out = TypeVar("Out")


class Seeing(Asking[In, Out], Generic[In, Out]):
    """An asking stage that shows the model frames."""

    sampling: str = Field(
        "spread", description="Which frames are shown: a formula by name", json_schema_extra={"enum": [*sampling.CHOICES]}
    )
    frames: int = Field(16, ge=1, le=768, description="Most frames that are shown")
    frame_px: int = Field(512, ge=32, le=4096, description="Side of a square with as many pixels as a frame has at most")
    every_s: float = Field(2.0, ge=0.1, le=60, description="Seconds from frame to frame where the sampling is `every`")

    _eyes: Eyes | None = PrivateAttr(None)

    def setup(self) -> None:
        super().setup()
        self._eyes = Eyes()

    def close(self) -> None:
        super().close()
        if self._eyes:
            self._eyes.close()
        self._eyes = None

    def film(self, material: Material) -> Film:
        """The frames of a clip as this stage shows them. Raises `Refused` when the source cannot be read."""
        assert self._eyes, "setup comes first"
        with self.chat.expecting():
            return self._eyes.look(material.clip, self.look())

    def look(self) -> Look:
        return Look(self.sampling, self.frames, self.frame_px**2, self.every_s)

    def shown(self, film: Film) -> list[Content]:
        """A film as the model takes it: as such where it knows time, else as pictures behind their times."""
        if self.chat.takes_films:
            return [film]
        pairs = zip(film.times_s, film.pictures(), strict=True)
        return [content for time_s, picture in pairs for content in (f"{time_s:.1f} s:", picture)]

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height at which frames of a clip of this size are shown."""
        return fitted((width, height), pixels=self.look().pixels, multiple=self.look().multiple)

    def tokens(self, width: int, height: int) -> int:
        """Tokens of the frames of one clip of this size, estimated, before anything is run."""
        return find(self.model).film_tokens(self.frames, *self.size(width, height))

"""All key frames in one labelled picture, one question (ShareCaptioner-Video's fast role)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from pipelines import prompts
from pipelines.asking import Asked, asked_with, said
from pipelines.key_looking import KeyLooking
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material


@CAPTIONERS.register
class Fast(KeyLooking[Material, Caption], Captioner):
    """For models that take a single picture."""

    name: ClassVar[str] = "fast"
    about: ClassVar[str] = "Puts all key frames into one labelled picture and asks once; works with every picture model."
    version: ClassVar[int] = 1

    prompt: Asked = asked_with("key-frames", "What the model is asked")
    frame_px: int = Field(336, ge=32, le=4096, description="Side of a square with as many pixels as a frame has at most")

    def one(self, item: Material) -> Caption:
        from pipelines.grid import grid

        film = self.key_frames(item)
        times = ", ".join(f"{time_s:.1f}" for time_s in film.times_s)
        known = prompts.variables(item) | {"frames": str(len(film.times_s)), "times": times}
        asked = prompts.filled(self.prompt, known)
        return said(self.ask(grid(film), asked.text, system=asked.system), prompt=self.prompt)

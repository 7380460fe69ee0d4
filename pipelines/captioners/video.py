"""One question for each clip, with its frames and their times."""

from __future__ import annotations

from typing import ClassVar

from pipelines import prompts
from pipelines.asking import Asked, asked_with, said
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material
from pipelines.seeing import Seeing


@CAPTIONERS.register
class Video(Seeing[Material, Caption], Captioner):
    """Frames by one of the published formulas, then the prompt, one answer."""

    name: ClassVar[str] = "video"
    about: ClassVar[str] = "Shows a model frames of the clip with their times and asks once. For any video or picture model."
    version: ClassVar[int] = 1

    prompt: Asked = asked_with("video-detail", "What the model is asked: a prompt by name, or the words themselves")

    def one(self, item: Material) -> Caption:
        film = self.film(item)
        known = prompts.variables(item) | {
            "frames": str(len(film.times_s)),
            "times": ", ".join(f"{time_s:.1f}" for time_s in film.times_s),
        }
        asked = prompts.filled(self.prompt, known)
        return said(self.ask(*self.shown(film), asked.text, system=asked.system), prompt=self.prompt)

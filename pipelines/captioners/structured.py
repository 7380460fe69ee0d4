"""Subject, action, scene, camera, style, and all of it in one paragraph; what was measured goes in as facts."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts, quality
from pipelines.asking import Asked, Clock, asked_with, said
from pipelines.chat import Request
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material, Outcome
from pipelines.seeing import Seeing
from pipelines.structured import Strict, ask_for


class Structured(Strict):
    """The answer."""

    subject: str
    action: str
    scene: str
    camera: str
    style: str
    caption: str


@CAPTIONERS.register
class StructuredCaptioner(Seeing[Material, Caption], Captioner):
    """One question, an answer of six texts."""

    name: ClassVar[str] = "structured"
    about: ClassVar[str] = (
        "Asks for subject, action, scene, camera and style apart and together; tells the model what was measured."
    )
    version: ClassVar[int] = 1

    prompt: Asked = asked_with("structured", "What the model is asked; the answer has to have the six texts")
    retries: int = Field(2, ge=0, le=10, description="Further tries when the answer does not have the shape")

    def one(self, item: Material) -> Caption:
        clock, film = Clock(), self.film(item)
        known = prompts.variables(item) | {"frames": str(len(film.times_s))}
        asked = prompts.filled(self.prompt, known)
        request = Request.of(*self.shown(film), asked.text, system=asked.system, decoding=self.decoding())
        found, answer = ask_for(Structured, self.chat, request, retries=self.retries, clock=clock, fits=_problem)
        caption = said(replace(answer, text=found.caption, finish="stop"), prompt=self.prompt)
        fields = {name: text for name, text in found.model_dump().items() if name != "caption" and text}
        return replace(caption, fields=fields, usage=clock.usage())


def _problem(found: Structured) -> str | None:
    outcome, reason = quality.outcome(found.caption)
    return None if outcome is Outcome.OK else f"caption: {reason}"

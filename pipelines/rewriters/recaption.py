"""A person's short prompt written out as a caption in the training style (ShareCaptioner-Video's re-captioning role)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pipelines import prompts
from pipelines.asking import Asked, Asking, Clock, asked_with, said
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft


@REWRITERS.register
class Recaption(Asking[Draft, Caption], Rewriter):
    """For captions that came in short, and for prompts people will type."""

    name: ClassVar[str] = "recaption"
    about: ClassVar[str] = "Writes a short caption out in the detailed style that models are trained with."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "rewrite"

    prompt: Asked = asked_with("recaption", "What the model is asked; {caption} is the short text")

    def one(self, item: Draft) -> Caption:
        clock, known = Clock(), prompts.variables(item.material) | {"caption": item.caption.text}
        asked = prompts.filled(self.prompt, known)
        answer = clock.add(self.ask(asked.text, system=asked.system))
        return replace(said(answer, prompt=self.prompt), parts=item.caption.parts, usage=clock.usage())

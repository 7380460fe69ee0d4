"""A caption written anew by a language model, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts, quality
from pipelines.asking import Asked, Asking, Clock, asked_with, said
from pipelines.chat import Request
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft, Outcome
from pipelines.structured import Strict, ask_for


class Rewritten(Strict):
    """The answer."""

    caption: str


@REWRITERS.register
class Rewrite(Asking[Draft, Caption], Rewriter):
    """An answer that does not fit is asked for again with the reason; when none does, the clip fails."""

    name: ClassVar[str] = "rewrite"
    about: ClassVar[str] = "Has a language model write captions anew for training: no lead-ins, no moods, nothing absent."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "rewrite"

    prompt: Asked = asked_with("rewrite", "What the model is asked; {caption} is the caption in hand")
    retries: int = Field(3, ge=0, le=20, description="Further tries when the answer does not fit")

    def one(self, item: Draft) -> Caption:
        known = prompts.variables(item.material) | {"caption": item.caption.text}
        clock, asked = Clock(), prompts.filled(self.prompt, known)
        request = Request.of(asked.text, system=asked.system, decoding=self.decoding())
        found, answer = ask_for(Rewritten, self.chat, request, retries=self.retries, clock=clock, fits=_problem)
        caption = said(replace(answer, text=found.caption, finish="stop"), prompt=self.prompt)
        return replace(caption, fields=item.caption.fields, parts=item.caption.parts, usage=clock.usage())


def _problem(found: Rewritten) -> str | None:
    outcome, reason = quality.outcome(found.caption)
    if outcome is not Outcome.OK:
        return reason
    return "it begins by speaking of the video instead of its subject" if quality.LEAD_INS.match(found.caption) else None

"""A caption revised as a person asked, with the frames in view."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from pipelines import prompts
from pipelines.asking import Asked, asked_with, said
from pipelines.errors import Refused
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft
from pipelines.seeing import Seeing


@REWRITERS.register
class Critique(Seeing[Draft, Caption], Rewriter):
    """The person accepts the revision or not; the caption before it is kept as its parent."""

    name: ClassVar[str] = "critique"
    about: ClassVar[str] = "Shows the model clip and caption with a person's remark, and has it write the caption anew."
    version: ClassVar[int] = 1

    remark: str = Field("Check the order of events.", max_length=4000, description="What is wrong with the caption")
    prompt: Asked = asked_with("critique", "What the model is asked; {question} is the remark, {caption} the caption")

    def one(self, item: Draft) -> Caption:
        if not self.remark.strip():
            raise Refused("no_remark", "there is no remark to revise the caption by; write what is wrong with it")
        known = prompts.variables(item.material) | {"caption": item.caption.text, "question": self.remark.strip()}
        asked = prompts.filled(self.prompt, known)
        answer = self.ask(*self.shown(self.film(item.material)), asked.text, system=asked.system)
        return said(answer, prompt=self.prompt)

"""A question about a clip, answered with times (CogVLM2-Video's question answering)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts
from pipelines.asking import Asked, asked_with, said
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material
from pipelines.seeing import Seeing

CAPTION = ("", "@Caption")
"""What CogVLM2's service takes for the wish for a caption."""
DESCRIBE = "Please describe this video in detail."


@CAPTIONERS.register
class Ask(Seeing[Material, Caption], Captioner):
    """The answer is stored with the clip, beside its captions, and never comes into force as one."""

    name: ClassVar[str] = "ask"
    about: ClassVar[str] = "Answers a question about each clip, with the times of what it saw."
    version: ClassVar[int] = 1

    question: str = Field("What happens, and when?", max_length=4000, description="What you want to know of each clip")
    prompt: Asked = asked_with("answer", "How the question is put; {question} is the question")
    sampling: str = Field(
        "per_second", description="Which frames are shown", json_schema_extra={"enum": ["per_second", "spread"]}
    )
    frames: int = Field(24, ge=1, le=768, description="Most frames that are shown")

    def one(self, item: Material) -> Caption:
        question = DESCRIBE if self.question.strip() in CAPTION else self.question.strip()
        asked = prompts.filled(self.prompt, prompts.variables(item) | {"question": question})
        answer = self.ask(*self.shown(self.film(item)), asked.text, system=asked.system)
        return replace(said(answer, prompt=self.prompt), role="answer")

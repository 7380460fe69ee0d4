"""A caption in another language; it stands beside the caption and does not replace it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts, quality
from pipelines.asking import Asked, Asking, Clock, asked_with, said
from pipelines.chat import Request
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft, Outcome
from pipelines.rewriters.rewrite import Rewritten
from pipelines.structured import ask_for

LANGUAGES = {"en": "English", "zh": "Simplified Chinese", "ja": "Japanese"}


@REWRITERS.register
class Translate(Asking[Draft, Caption], Rewriter):
    """The answer has to be in the language that was asked for, by its letters."""

    name: ClassVar[str] = "translate"
    about: ClassVar[str] = "Translates captions into English, Chinese or Japanese, kept beside the original."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "rewrite"

    language: str = Field(
        "zh", description="Language to write in", json_schema_extra={"enum": [*LANGUAGES]}, pattern="^(en|zh|ja)$"
    )
    prompt: Asked = asked_with("translate", "What the model is asked; {language} is the language's name")
    retries: int = Field(3, ge=0, le=20, description="Further tries when the answer does not fit")

    def one(self, item: Draft) -> Caption:
        known = {"caption": item.caption.text, "language": LANGUAGES[self.language]}
        clock, asked = Clock(), prompts.filled(self.prompt, known)
        request = Request.of(asked.text, system=asked.system, decoding=self.decoding())
        found, answer = ask_for(Rewritten, self.chat, request, retries=self.retries, clock=clock, fits=self._problem)
        caption = said(replace(answer, text=found.caption, finish="stop"), prompt=self.prompt, role="translation")
        flags = quality.flags(caption.text, language=self.language)
        return replace(caption, flags=flags, fields={"language": self.language}, usage=clock.usage())

    def _problem(self, found: Rewritten) -> str | None:
        outcome, reason = quality.outcome(found.caption)
        if outcome is not Outcome.OK:
            return reason
        spoken = quality.spoken(found.caption)
        return None if spoken == self.language else f"it is not {LANGUAGES[self.language]}"

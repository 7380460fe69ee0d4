"""Objects and actions of a caption as short tags; they stand beside the caption."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts
from pipelines.asking import Asked, Asking, Clock, asked_with, said
from pipelines.chat import Request
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft
from pipelines.structured import Strict, ask_for


class Tagged(Strict):
    """The answer."""

    objects: list[str]
    actions: list[str]


@REWRITERS.register
class Tags(Asking[Draft, Caption], Rewriter):
    """Lower case, no tag twice."""

    name: ClassVar[str] = "tags"
    about: ClassVar[str] = "Lists the objects and actions of a caption as short tags, kept beside it."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "rewrite"

    prompt: Asked = asked_with("tags", "What the model is asked")
    most: int = Field(20, ge=1, le=100, description="Most tags of each kind")
    retries: int = Field(3, ge=0, le=20, description="Further tries when the answer does not fit")

    def one(self, item: Draft) -> Caption:
        clock, asked = Clock(), prompts.filled(self.prompt, {"caption": item.caption.text})
        request = Request.of(asked.text, system=asked.system, decoding=self.decoding())
        found, answer = ask_for(Tagged, self.chat, request, retries=self.retries, clock=clock, fits=_problem)
        fields = {name: ", ".join(self._clean(words)) for name, words in found.model_dump().items()}
        caption = said(replace(answer, text=", ".join(filter(None, fields.values())), finish="stop"), prompt=self.prompt)
        return replace(caption, role="tags", fields=fields, flags=(), usage=clock.usage())

    def _clean(self, words: list[str]) -> list[str]:
        return list(dict.fromkeys(word.strip().lower() for word in words if word.strip()))[: self.most]


def _problem(found: Tagged) -> str | None:
    return None if any(word.strip() for word in (*found.objects, *found.actions)) else "there are no tags in it"

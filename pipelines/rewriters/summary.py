"""A caption from stored timed captions alone: no frame is read again (ShareCaptioner-Video's summary role)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import prompts
from pipelines.asking import Asked, Asking, Clock, asked_with, said
from pipelines.captioners.frame_summary import listed
from pipelines.errors import Refused
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft, Part


@REWRITERS.register
class Summary(Asking[Draft, Caption], Rewriter):
    """The stretch may be any part of the clip."""

    name: ClassVar[str] = "summary"
    about: ClassVar[str] = "Writes a caption anew from the timed captions kept with it, of the whole clip or a part of it."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "rewrite"

    prompt: Asked = asked_with("summary-of-differences", "What the model is asked; {captions} are the timed captions")
    from_s: float = Field(0.0, ge=0, le=86400, description="Where the part begins, seconds from the start of the clip")
    until_s: float = Field(86400.0, ge=0, le=86400, description="Where the part ends, seconds from the start of the clip")

    def one(self, item: Draft) -> Caption:
        parts = within(item.caption.parts, self.from_s, self.until_s)
        return self.of(parts, prompts.variables(item.material))

    def of(self, parts: Sequence[Part], known: Mapping[str, str]) -> Caption:
        """One caption from timed ones, which may come from several clips of a long video."""
        if not parts:
            raise Refused("no_parts", "no timed captions are kept for this stretch; run sliding or frame_summary first")
        clock, words = Clock(), {**known, "captions": listed(parts), "frames": str(len(parts))}
        asked = prompts.filled(self.prompt, words)
        answer = clock.add(self.ask(asked.text, system=asked.system))
        return replace(said(answer, prompt=self.prompt, parts=parts), usage=clock.usage())


def within(parts: Sequence[Part], from_s: float, until_s: float) -> list[Part]:
    """Parts that touch the stretch, in time."""
    return sorted((one for one in parts if one.end_s >= from_s and one.start_s < until_s), key=lambda one: one.end_s)

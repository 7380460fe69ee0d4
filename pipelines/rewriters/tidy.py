"""Lead-ins, moods and statements on what is absent taken out, by their words alone: no model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from pipelines import quality
from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Caption, Draft, Outcome


@REWRITERS.register
class Tidy(Rewriter):
    """What is left of a sentence begins with a capital; a caption of which nothing would be left stays as it was."""

    name: ClassVar[str] = "tidy"
    about: ClassVar[str] = "Takes out lead-ins, moods and what is said to be absent, by the words alone. Needs no model."
    version: ClassVar[int] = 1
    batch_size: ClassVar[int] = 64

    lead_ins: bool = Field(True, description="Take away “the video shows” and the like at the beginning")
    subjective: bool = Field(True, description="Leave out sentences about moods and impressions")
    negative: bool = Field(True, description="Leave out sentences that say what is absent")

    def process(self, batch: Sequence[Draft]) -> list[Caption]:
        return [self._tidied(draft.caption) for draft in batch]

    def _tidied(self, caption: Caption) -> Caption:
        left = [sentence for sentence in quality.sentences(caption.text) if not self._goes(sentence)]
        text = " ".join(left) or caption.text
        if self.lead_ins:
            text = without_lead_in(text)
        outcome, reason = quality.outcome(text)
        return replace(
            caption, text=text, outcome=outcome, reason=None if outcome is Outcome.OK else reason,
            flags=quality.flags(text), prompt=None, usage=type(caption.usage)(),
        )  # fmt: skip

    def _goes(self, sentence: str) -> bool:
        moody = self.subjective and quality.SUBJECTIVE.search(sentence)
        return bool(moody or (self.negative and quality.NEGATIVE.search(sentence)))


def without_lead_in(text: str) -> str:
    """ "The video shows a dog." → "A dog."; a text that is nothing else stays."""
    found = quality.LEAD_INS.match(text)
    rest = text[found.end() :].lstrip(" ,:;") if found else ""
    rest = rest.removeprefix("that ").removeprefix("with ").lstrip()
    return rest[0].upper() + rest[1:] if len(rest.split()) > 1 else text

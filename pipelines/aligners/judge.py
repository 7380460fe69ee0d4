"""Each sentence of a caption held against the frames by a model: supported, contradicted, or not to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from pipelines import prompts, quality
from pipelines.asking import Asked, Clock, asked_with
from pipelines.chat import Request
from pipelines.errors import Refused
from pipelines.kinds import ALIGNERS, Aligner
from pipelines.records import Checked, Draft, Score, Sentence
from pipelines.seeing import Seeing
from pipelines.structured import Strict, ask_for

VALUES = {"supported": 1.0, "not_visible": 0.5, "contradicted": 0.0}


class Verdict(Strict):
    number: int
    verdict: Literal["supported", "contradicted", "not_visible"]
    note: str = ""


class Verdicts(Strict):
    """The answer."""

    verdicts: list[Verdict]


@ALIGNERS.register
class Judge(Seeing[Draft, Checked], Aligner):
    """Works for captions of any length, where embeddings read 64 tokens."""

    name: ClassVar[str] = "judge"
    about: ClassVar[str] = "Has a model hold each sentence against the frames: supported, contradicted or not visible."
    version: ClassVar[int] = 1
    does: ClassVar[str] = "judge"
    scores: ClassVar[tuple[str, ...]] = ("supported", "contradicted")

    prompt: Asked = asked_with("judge", "What the model is asked; {sentences} are the numbered sentences")
    retries: int = Field(2, ge=0, le=10, description="Further tries when the answer does not fit")
    max_tokens: int = Field(
        2048, ge=1, le=32768, description="Most tokens of one answer; what is longer counts as truncated"
    )

    def one(self, item: Draft) -> Checked:
        claims = quality.sentences(item.caption.text)
        if not claims:
            raise Refused("no_caption", "there is no sentence to check")
        clock, film = Clock(), self.film(item.material)
        numbered = "\n".join(f"{number}. {claim}" for number, claim in enumerate(claims, 1))
        asked = prompts.filled(self.prompt, prompts.variables(item.material) | {"sentences": numbered})
        request = Request.of(*self.shown(film), asked.text, system=asked.system, decoding=self.decoding())
        found, answer = ask_for(
            Verdicts, self.chat, request, retries=self.retries, clock=clock, fits=lambda shape: _problem(shape, len(claims))
        )
        return Checked(_scores(found.verdicts), tuple(_sentences(claims, found.verdicts)), answer.model, clock.usage())


def _problem(found: Verdicts, count: int) -> str | None:
    numbers = [verdict.number for verdict in found.verdicts]
    return (
        None
        if numbers == list(range(1, count + 1))
        else f"it has to have one entry for each of {count} statements, in order"
    )


def _scores(verdicts: Sequence[Verdict]) -> tuple[Score, ...]:
    """Shares of the sentences."""
    words = [verdict.verdict for verdict in verdicts]
    return tuple(Score(name, words.count(name) / len(words)) for name in Judge.scores)  # type: ignore[arg-type]


def _sentences(claims: Sequence[str], verdicts: Sequence[Verdict]) -> list[Sentence]:
    return [Sentence(claim, VALUES[one.verdict], one.verdict, one.note) for claim, one in zip(claims, verdicts, strict=True)]

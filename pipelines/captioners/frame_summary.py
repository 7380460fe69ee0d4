"""Each sampled frame captioned by itself, then one caption from them all (EasyAnimate v1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field, PrivateAttr

from pipelines import prompts
from pipelines.asking import Asked, Clock, asked_with, said
from pipelines.backends import chats
from pipelines.chat import Chat, Decoding, Film, Request
from pipelines.errors import Refused
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material, Outcome, Part
from pipelines.seeing import Seeing


@CAPTIONERS.register
class FrameSummary(Seeing[Material, Caption], Captioner):
    """A picture model looks, a language model sums up."""

    name: ClassVar[str] = "frame_summary"
    about: ClassVar[str] = "Captions single frames, then has a language model write the clip's caption from them."
    version: ClassVar[int] = 1

    frame_prompt: Asked = asked_with("frame-detail", "What the model is asked of each frame")
    prompt: Asked = asked_with("summary-of-frames", "What the writer is asked; {captions} are the captions of the frames")
    writer: str = Field("", description="Model that sums up; empty for the same that looks")
    writer_temperature: float = Field(
        0.0, ge=0, le=2, description="The same for the writer, who may be freer than who looks"
    )
    writer_top_p: float = Field(1.0, ge=0.01, le=1, description="The same for the writer")

    _writer: Chat | None = PrivateAttr(None)

    def setup(self) -> None:
        super().setup()
        if self.writer and self.writer != self.model:
            self._writer = chats.open_chat(self.backend, model=self.writer, server=self.server)

    def close(self) -> None:
        super().close()
        if self._writer:
            self._writer.close()
        self._writer = None

    def one(self, item: Material) -> Caption:
        clock, film = Clock(), self.film(item)
        parts = self._frames(item, film, clock)
        known = prompts.variables(item) | {"captions": listed(parts), "frames": str(len(parts))}
        asked = prompts.filled(self.prompt, known)
        request = Request.of(asked.text, system=asked.system, decoding=self._writing())
        answer = clock.add((self._writer or self.chat).ask(request))
        return replace(said(answer, prompt=self.prompt, parts=parts), usage=clock.usage())

    def _writing(self) -> Decoding:
        seed = self.seed if self.writer_temperature > 0 else None
        return Decoding(self.max_tokens, self.writer_temperature, self.writer_top_p, seed)

    def _frames(self, item: Material, film: Film, clock: Clock) -> list[Part]:
        """A caption of each frame; frames whose caption is unusable are left out."""
        asked = prompts.filled(self.frame_prompt, prompts.variables(item))
        ends = [*film.times_s[1:], item.clip.duration_s]
        parts: list[Part] = []
        for start_s, end_s, picture in zip(film.times_s, ends, film.pictures(), strict=True):
            caption = said(clock.add(self.ask(picture, asked.text, system=asked.system)))
            if caption.outcome in (Outcome.OK, Outcome.TRUNCATED):
                parts.append(Part(start_s, end_s, caption.text))
        if not parts:
            raise Refused(
                "no_frame_captions", f"none of {len(ends)} frames got a usable caption; try another prompt or model"
            )
        return parts


def listed(parts: Sequence[Part]) -> str:
    """Captions a line each, with their times."""
    return "\n".join(f"{number}. {part.start_s:.1f} s: {part.text}" for number, part in enumerate(parts, 1))

"""What changed from each key frame to the next, told what was said before; then one caption from the chain
(ShareCaptioner-Video's sliding role)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pipelines import prompts
from pipelines.asking import Asked, Clock, asked_with, said
from pipelines.captioners.frame_summary import listed
from pipelines.chat import Content, Film
from pipelines.errors import Refused
from pipelines.key_looking import KeyLooking
from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Caption, Material, Outcome, Part


@CAPTIONERS.register
class Sliding(KeyLooking[Material, Caption], Captioner):
    """The differential captions are kept with the caption, so that any stretch can be summed up again without a frame."""

    name: ClassVar[str] = "sliding"
    about: ClassVar[str] = "Follows a clip from key frame to key frame, telling what changed, then sums up. For long clips."
    version: ClassVar[int] = 1

    first_prompt: Asked = asked_with("first-frame", "What the model is asked of the first key frame")
    difference_prompt: Asked = asked_with(
        "difference", "What it is asked of two neighbours; {previous} is what was said before"
    )
    prompt: Asked = asked_with("summary-of-differences", "What it is asked at the end; {captions} is the chain")

    def one(self, item: Material) -> Caption:
        clock, film = Clock(), self.key_frames(item)
        parts = self._chain(item, film, clock)
        known = prompts.variables(item) | {"captions": listed(parts), "frames": str(len(parts))}
        asked = prompts.filled(self.prompt, known)
        answer = clock.add(self.ask(asked.text, system=asked.system))
        return replace(said(answer, prompt=self.prompt, parts=parts), usage=clock.usage())

    def _chain(self, item: Material, film: Film, clock: Clock) -> list[Part]:
        """A part for each key frame: the first described, the others by what changed since the one before."""
        known, parts = prompts.variables(item), list[Part]()
        for index, time_s in enumerate(film.times_s):
            begin_s = film.times_s[index - 1] if index else time_s
            numbers = {"first": str(max(1, index)), "second": str(index + 1)}
            times = {"first_s": f"{begin_s:.1f}", "second_s": f"{time_s:.1f}", "previous": parts[-1].text if parts else ""}
            parts.append(Part(begin_s, time_s, self._said(film, index, known | numbers | times, clock)))
        return parts

    def _said(self, film: Film, index: int, known: dict[str, str], clock: Clock) -> str:
        asked = prompts.filled(self.difference_prompt if index else self.first_prompt, known)
        pictures: list[Content] = [*film.pictures()[max(0, index - 1) : index + 1]]
        caption = said(clock.add(self.ask(*pictures, asked.text, system=asked.system)))
        if caption.outcome not in (Outcome.OK, Outcome.TRUNCATED):
            raise Refused("broken_chain", f"no usable words on key frame {index + 1}: {caption.reason}; try another prompt")
        return caption.text

"""What the fine-tuning scripts of CogVideoX read, in the layout of either of its trainers.

diffusers     prompts.txt and videos.txt, line for line; unequal counts stop the trainer, so no line is blank
sat           videos/NAME.mp4 and labels/NAME.txt

The trainer keeps latents by the name of a clip without its folder, so every name is there once. The text encoder reads 226
tokens; what is longer is cut off without a word, hence the check.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.kinds import EXPORTERS, Cutter, Exporter
from pipelines.listing import one_line, pair_stem
from pipelines.records import Sample
from pipelines.token_count import count, trimmed

LIMIT = 226


@EXPORTERS.register
class CogVideoX(Exporter):
    """Two lists that belong together line by line, or two folders that belong together name by name."""

    name = "cogvideox"
    about = "prompts.txt and videos.txt line for line, or videos/ and labels/, for fine-tuning CogVideoX."

    layout: Literal["diffusers", "sat"] = Field(
        "diffusers", title="Layout", description="diffusers: prompts.txt and videos.txt; sat: videos/ and labels/"
    )
    long: Literal["leave out", "trim", "keep"] = Field(
        "leave out",
        title="Captions beyond 226 tokens",
        description="leave out the clip, trim to the whole sentences that fit, or keep what the trainer will cut off",
    )
    tokenizer: str = Field(
        "", title="Tokenizer", description="Path of the T5 tokenizer.json to count with; empty counts by an estimate"
    )

    def refuses(self, sample: Sample) -> str | None:
        if self.long == "keep" or self._words(sample):
            return None
        tokens = count(one_line(sample.text), self.tokenizer)
        about = "" if self.tokenizer else "about "
        return f"its caption has {about}{tokens} tokens and CogVideoX reads {LIMIT}; shorten it, or set long=trim"

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        cutting = cut((sample, f"videos/{pair_stem(sample)}.mp4") for sample in samples)
        if self.layout == "sat":
            (folder / "labels").mkdir()
            for sample, file in cutting:
                label = folder / "labels" / Path(file.name).with_suffix(".txt").name
                label.write_text(self._words(sample) + "\n", encoding="utf-8")
            return
        places = [(folder / name).open("w", encoding="utf-8", newline="\n") for name in ("prompts.txt", "videos.txt")]
        with places[0] as prompts, places[1] as videos:
            for sample, file in cutting:
                prompts.write(self._words(sample) + "\n")
                videos.write(file.name + "\n")

    def preview(self, samples: Iterable[Sample]) -> str:
        both = [(self._words(sample) or "(too long)", f"videos/{pair_stem(sample)}.mp4") for sample in samples]
        first, second = ("prompts.txt", "videos.txt") if self.layout == "diffusers" else ("labels/", "videos/")
        return "\n".join([first, *(text for text, _ in both), "", second, *(name for _, name in both)]) + "\n"

    def _words(self, sample: Sample) -> str:
        """The caption as it leaves; empty when it is too long and may not be trimmed so far that it fits."""
        text = one_line(sample.text)
        if self.long == "keep" or count(text, self.tokenizer) <= LIMIT:
            return text
        return trimmed(text, LIMIT, self.tokenizer) if self.long == "trim" else ""

"""Each sentence of a caption held against the frames by a network that puts words and pictures into one space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr

from pipelines import catalogue, quality, weights
from pipelines.errors import Fatal, Refused
from pipelines.kinds import ALIGNERS, Aligner
from pipelines.records import Checked, Draft, Score, Sentence

if TYPE_CHECKING:
    from pipelines.backends.embed import Embedder
    from pipelines.backends.videoclip import VideoClip

DIGITS = 4
VIDEO_CLIP = catalogue.find("videoclip-xl")
TOKENIZER = "clip-l14"
"""Whose tokenizer VideoCLIP-XL reads with."""


@ALIGNERS.register
class Align(Aligner):
    """The cosine of each sentence with the frames of the contact sheet; their mean and the least.

    These networks read 64 or 77 tokens, so a long caption as a whole would be cut off unseen: it goes sentence by sentence,
    and a sentence that is still too long in halves. What cosines mean differs from network to network: SigLIP's are small.
    """

    name: ClassVar[str] = "align"
    about: ClassVar[str] = (
        "Cosine of each sentence with the frames, mean and least: SigLIP 2, X-CLIP, CLIP, or VideoCLIP-XL (non-commercial)."
    )
    version: ClassVar[int] = 1
    batch_size: ClassVar[int] = 8
    scores: ClassVar[tuple[str, ...]] = ("align", "align_min")

    model: str = Field("siglip2-base", description="What compares: a model of the catalogue, hub id or folder")
    frames: int = Field(8, ge=1, le=12, description="How many sampled frames are looked at; X-CLIP always takes eight")

    _embedder: Embedder | VideoClip | None = PrivateAttr(None)

    def setup(self) -> None:
        weights.must_be_installed()
        self._embedder = _video_clip() if self.model == VIDEO_CLIP.name else _embedder(self.model)

    def holds(self) -> dict[str, int]:
        return {f"{self.name} {self.model}": weights.size_bytes(catalogue.find(self.model))}

    def process(self, batch: Sequence[Draft]) -> list[Checked]:
        return [self._check(draft) for draft in batch]

    def close(self) -> None:
        self._embedder = None

    def _check(self, draft: Draft) -> Checked:
        from pipelines.scan import sheet

        assert self._embedder, "setup comes first"
        claims = quality.sentences(draft.caption.text)
        if not claims:
            raise Refused("no_caption", "there is no sentence to check")
        frames = evenly(sheet.read_rgb(draft.material.sheet), self._embedder.frames or self.frames)
        pieces = [within(claim, self._embedder) for claim in claims]
        cosines = iter(self._embedder.fit(frames, [piece for some in pieces for piece in some]))
        values = [round(sum(next(cosines) for _ in some) / len(some), DIGITS) for some in pieces]
        scores = (Score("align", round(sum(values) / len(values), DIGITS)), Score("align_min", min(values)))
        return Checked(scores, tuple(map(Sentence, claims, values)), model=self.model)


def _embedder(model: str) -> Embedder:
    place = weights.place(catalogue.find(model))
    from pipelines.backends.embed import Embedder

    return Embedder(place)


def _video_clip() -> VideoClip:
    """Where a person put it, because its licence is for them to accept. Raises `Fatal`."""
    file = weights.side_file(VIDEO_CLIP.repo, weights.both_formats(VIDEO_CLIP.file))
    words = weights.find(catalogue.find(TOKENIZER))
    if file is None:
        raise Fatal(
            f"the weights of VideoCLIP-XL are not here; if its licence ({VIDEO_CLIP.licence}) suits you, "
            f"{weights.advice(VIDEO_CLIP)}"
        )
    if words is None:
        raise Fatal(f"VideoCLIP-XL reads with CLIP's tokenizer: {weights.advice(catalogue.find(TOKENIZER))}")
    from pipelines.backends.videoclip import VideoClip

    return VideoClip(file, words)


def evenly(items: Sequence[Any], count: int) -> list[Any]:
    """Exactly `count` of the items, in order, from the middle of as many stretches; some come twice when there are fewer."""
    return [items[int((place + 0.5) * len(items) / count)] for place in range(count)]


def within(text: str, embedder: Embedder | VideoClip) -> list[str]:
    """A text in pieces that the network reads whole."""
    words = text.split()
    if embedder.length(text) <= embedder.longest or len(words) < 2:
        return [text]
    middle = len(words) // 2
    return [piece for half in (words[:middle], words[middle:]) for piece in within(" ".join(half), embedder)]

"""Pictures and words as vectors that can be compared: CLIP, SigLIP, SigLIP 2 and X-CLIP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipelines import weights
from pipelines.backends import device, loading
from pipelines.busy import BUSY
from pipelines.catalogue import find
from pipelines.errors import Fatal

Image = npt.NDArray[np.uint8]
"""Height × width × RGB."""
Vectors = npt.NDArray[np.float32]
"""One unit vector a row; the dot product of two is their cosine."""
BATCH = 32
SIGLIP = ("siglip", "siglip2")
VIDEO = "xclip"
KINDS = (*SIGLIP, "clip", VIDEO)


class Embedder:
    """One network, on the best device there is."""

    def __init__(self, place: Path) -> None:
        """Load from a folder. Raises `Fatal` when it holds another kind of network, or not all of one."""
        found = loading.config(place)
        if found.model_type not in KINDS:
            raise Fatal(f"{place} holds a {found.model_type}, which gives no vectors to compare; known: {', '.join(KINDS)}")
        self.kind: str = found.model_type
        self.frames: int | None = found.vision_config.num_frames if self.kind == VIDEO else None
        """How many frames of a clip it looks at together; None where it looks at each alone."""
        self.width: int = found.vision_config.hidden_size if self.kind in SIGLIP else found.projection_dim
        """Numbers in a vector."""
        self.longest: int = found.text_config.max_position_embeddings
        """Tokens of a text that are read; the rest is cut off."""
        self._device = device.best()
        self._processor = loading.processor(place)
        self._network = loading.network("AutoModel", place, dtype=device.fine(self._device)).to(self._device)

    def pictures(self, pictures: Iterable[Image]) -> Vectors:
        """A vector for each picture, in order. Not for X-CLIP, which knows clips alone."""
        return self._stacked(self._network.get_image_features(**self._pixels(some)) for some in _parts(list(pictures)))

    def classes(self, pictures: Iterable[Image]) -> Vectors:
        """As `pictures`, from CLIP's class token before it is projected: ShareCaptioner's limit for key frames is for it."""
        if self.kind != "clip":
            return self.pictures(pictures)
        seen = (self._network.get_image_features(**self._pixels(some)) for some in _parts(list(pictures)))
        return self._stacked(seen, lambda one: one.last_hidden_state[:, 0])

    def texts(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, in order. Of X-CLIP they mean little without a clip."""
        return self._stacked(self._network.get_text_features(**self._words(some)) for some in _parts(texts))

    def fit(self, frames: Sequence[Image], texts: Sequence[str]) -> list[float]:
        """The cosine between a clip and each text. Where frames are looked at one by one, the mean over them."""
        if self.kind == VIDEO:
            return self._fit_video(frames, texts)
        return (self.texts(texts) @ self.pictures(frames).T).mean(axis=1).tolist()  # type: ignore[no-any-return]

    def length(self, text: str) -> int:
        """Tokens of a text, its ends included."""
        return len(self._processor.tokenizer(text.lower()).input_ids)

    def _fit_video(self, frames: Sequence[Image], texts: Sequence[str]) -> list[float]:
        """X-CLIP shifts the vector of a text towards what the clip shows, so both go through the network together."""
        assert self.frames
        if len(frames) != self.frames:
            raise ValueError(f"X-CLIP takes {self.frames} frames, not {len(frames)}")
        pixels = self._on_device(self._processor(videos=[list(frames)], return_tensors="pt"))
        found = []
        with BUSY.computing(), torch.inference_mode():
            for some in _parts(texts):
                given = self._network(**self._words(some), **pixels)
                found += torch.einsum("bd,bkd->bk", given.video_embeds, given.text_embeds)[0].float().tolist()
        return found

    def _pixels(self, pictures: Sequence[Image]) -> dict[str, Any]:
        return self._on_device(self._processor.image_processor(images=list(pictures), return_tensors="pt"))

    def _words(self, texts: Sequence[str]) -> dict[str, Any]:
        """In small letters, as all of them were trained. SigLIP was trained on texts of one length, without a mask."""
        siglip = self.kind in SIGLIP
        found = self._processor.tokenizer(
            [text.lower() for text in texts],
            padding="max_length" if siglip else True,
            padding_side="right",
            truncation=True,
            max_length=self.longest,
            return_attention_mask=not siglip,
            return_tensors="pt",
        )
        return self._on_device(found)

    def _on_device(self, inputs: Any) -> dict[str, Any]:
        """Numbers in the network's own precision, indices as they are."""
        dtype = self._network.dtype
        return {name: one.to(self._device, dtype if one.is_floating_point() else None) for name, one in inputs.items()}

    def _stacked(self, found: Iterator[Any], taken: Callable[[Any], Any] = lambda one: one.pooler_output) -> Vectors:
        with BUSY.computing(), torch.inference_mode():
            rows = [torch.nn.functional.normalize(taken(one).float(), dim=-1).cpu().numpy() for one in found]
        return np.concatenate(rows)


def describer(model: str) -> Callable[[Iterable[Image]], Vectors]:
    """What tells how alike frames are to a model of the catalogue. Raises `Fatal` when its weights are not here."""
    return Embedder(weights.place(find(model))).classes


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))

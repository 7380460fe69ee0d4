"""VideoCLIP-XL (Wang and others, 2024), which compares a whole clip with a long text: ViCLIP's eyes and LongCLIP's words.

Its sizes are read off its weights. Both towers are CLIP's; two things are their own: each patch of a clip attends to every
patch of every frame, and of 248 places for words the first 20 are CLIP's, the others learned apart.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipelines.backends import device, loading
from pipelines.backends.head import tensors
from pipelines.errors import Fatal

Image = npt.NDArray[np.uint8]
"""Height × width × RGB."""
HEAD_WIDTH = 64
CLIPS_OWN_PLACES = 20
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""As published: meant for red, green, blue, but given blue, green, red. The network was trained so."""
HUBS = ("vision_model.vision_encoder.", "text_model.")
EASYANIMATES = ("viclip_model.vision_encoder.", "model.")
"""What the two towers are called in the file on the hub, and in the one that EasyAnimate's scripts bring."""


class VideoClip:
    """Loaded weights; what a text is worth against a clip."""

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        """Raises `Fatal` when the files hold anything else."""
        found = tensors(weights)
        self._device = device.best()
        eyes, words = EASYANIMATES if any(name.startswith(EASYANIMATES[0]) for name in found) else HUBS
        self._eyes = _filled(Eyes, found, eyes, weights).to(self._device)
        self._words = _filled(Words, found, words, weights).to(self._device)
        self._tokenizer = loading.processor(tokenizer).tokenizer
        self.frames: int = self._eyes.temporal_positional_embedding.shape[1]
        self.longest: int = self._words.positional_embedding.shape[0]

    def fit(self, frames: Sequence[Image], texts: Sequence[str]) -> list[float]:
        """The cosine between a clip of `frames` pictures and each text."""
        with torch.inference_mode():
            clip = nn.functional.normalize(self._eyes(self._pixels(frames)), dim=-1)
            said = nn.functional.normalize(torch.cat([self._words(self._ids(text)) for text in texts]), dim=-1)
            return (said @ clip[0]).tolist()  # type: ignore[no-any-return]

    def length(self, text: str) -> int:
        """Tokens of a text, its ends included."""
        return len(self._tokenizer(text).input_ids)

    def _ids(self, text: str) -> Any:
        found = self._tokenizer(text, truncation=True, max_length=self.longest, return_tensors="pt")
        return found.input_ids.to(self._device)

    def _pixels(self, frames: Sequence[Image]) -> Any:
        """1 × 3 × frames × side × side."""
        import cv2

        small = np.stack([cv2.resize(frame[:, :, ::-1], (self._eyes.side, self._eyes.side)) for frame in frames])
        scaled = (small / 255.0 - np.array(MEAN)) / np.array(SPREAD)
        return torch.from_numpy(scaled).float().permute(3, 0, 1, 2)[None].to(self._device)


class Block(nn.Module):  # type: ignore[misc]
    """A layer of CLIP's transformer, its parts named as in the published weights."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, width // HEAD_WIDTH, batch_first=True)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            OrderedDict(c_fc=nn.Linear(width, 4 * width), gelu=QuickGelu(), c_proj=nn.Linear(4 * width, width))
        )

    def forward(self, values: Any, mask: Any = None) -> Any:
        normal = self.ln_1(values)
        values = values + self.attn(normal, normal, normal, need_weights=False, attn_mask=mask)[0]
        return values + self.mlp(self.ln_2(values))


class QuickGelu(nn.Module):  # type: ignore[misc]
    def forward(self, values: Any) -> Any:
        return values * torch.sigmoid(1.702 * values)


class Blocks(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(Block(width) for _ in range(layers))

    def forward(self, values: Any, mask: Any = None) -> Any:
        for block in self.resblocks:
            values = block(values, mask)
        return values


class Eyes(nn.Module):  # type: ignore[misc]
    """ViCLIP's: a clip (1 × 3 × frames × side × side) becomes a vector."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], layers: int) -> None:
        super().__init__()
        width, _, _, patch, _ = shapes["conv1.weight"]
        places = shapes["positional_embedding"][0]
        self.side = patch * round((places - 1) ** 0.5)
        self.conv1 = nn.Conv3d(3, width, (1, patch, patch), (1, patch, patch), bias=False)
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.positional_embedding = nn.Parameter(torch.empty(places, width))
        self.temporal_positional_embedding = nn.Parameter(torch.empty(shapes["temporal_positional_embedding"]))
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Blocks(width, layers)
        self.proj = nn.Parameter(torch.empty(shapes["proj"]))

    def forward(self, clip: Any) -> Any:
        patches = self.conv1(clip).flatten(3).permute(0, 3, 2, 1)  # 1 × places × frames × width
        patches = patches + self.positional_embedding[1:, None] + self.temporal_positional_embedding
        first = (self.class_embedding + self.positional_embedding[0]).expand(len(patches), 1, -1)
        values = self.transformer(self.ln_pre(torch.cat([first, patches.flatten(1, 2)], dim=1)))
        return self.ln_post(values[:, 0]) @ self.proj


class Words(nn.Module):  # type: ignore[misc]
    """LongCLIP's: tokens (1 × length, the last one the end) become a vector."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], layers: int) -> None:
        super().__init__()
        places, width = shapes["positional_embedding"]
        self.token_embedding = nn.Embedding(*shapes["token_embedding.weight"])
        self.positional_embedding = nn.Parameter(torch.empty(places, width))
        self.positional_embedding_res = nn.Parameter(torch.empty(places, width))
        self.transformer = Blocks(width, layers)
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.empty(shapes["text_projection"]))
        self.logit_scale = nn.Parameter(torch.empty(()))

    def forward(self, ids: Any) -> Any:
        length = ids.shape[1]
        own, learned = self.positional_embedding[:CLIPS_OWN_PLACES], self.positional_embedding_res[CLIPS_OWN_PLACES:]
        values = self.token_embedding(ids) + torch.cat([own, learned])[:length]
        later = torch.full((length, length), -torch.inf, device=ids.device).triu(1)
        return self.ln_final(self.transformer(values, later))[:, -1] @ self.text_projection


def _filled(tower: Any, found: dict[str, Any], prefix: str, file: Path) -> Any:
    """A tower of the size of its weights. Raises `Fatal` when they are another network's."""
    mine = {name.removeprefix(prefix): one for name, one in found.items() if name.startswith(prefix)}
    layers = len({name.split(".")[2] for name in mine if name.startswith("transformer.resblocks.")})
    try:
        made = tower({name: tuple(one.shape) for name, one in mine.items()}, layers)
        made.load_state_dict(mine)
    except (KeyError, ValueError, RuntimeError) as error:
        raise Fatal(f"{file} does not hold VideoCLIP-XL-v2; copy the published file there again") from error
    return made.float().eval().requires_grad_(False)

"""A card that is not there: it takes its time and leaves the processor alone, so that what stands around it can be seen.

The time of a batch is that of writing its tokens, which is nearly the same for one clip and for many, and that of reading
each clip's question. Nothing is computed; what is said about speed holds for a card that is as fast, and for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.backends import engine as engines
from pipelines.backends import generate
from pipelines.backends.encode import Encoder, Row
from pipelines.backends.engine import CARD_ROWS, Engine
from pipelines.backends.generate import Said
from pipelines.chat import Decoding
from tests import tiny

ROOM = 200_000
"""Tokens: what is remembered of so many takes 28 GiB in Qwen3-VL 8B."""


@dataclass(frozen=True, slots=True)
class Card:
    """Seconds that a batch takes: these, and these for each of its clips."""

    batch_s: float
    clip_s: float

    def take_place(self, engine: Engine) -> None:
        """From now on the network of an engine answers as slowly as this."""
        network = engine.network

        def answer(rows: Sequence[Row], decodings: Sequence[Decoding], encoder: Encoder) -> list[Said]:
            seconds = self.batch_s + self.clip_s * len(rows)
            time.sleep(seconds)
            network.busy_s += seconds
            return [Said("Nothing.", row.tokens, one.max_tokens, "length") for row, one in zip(rows, decodings, strict=True)]

        network.answer = answer  # type: ignore[method-assign]


def make_room() -> None:
    """Batches as large as on a card, in this process."""
    engines.CPU_ROWS, generate.CPU_TOKENS = CARD_ROWS, ROOM


def weights(folder: Path) -> Path:
    """A tiny network behind a processor of full size, which makes as many tokens of a film as that of the 8B."""
    vision = {**tiny.QWEN_TOWER, "num_position_embeddings": 2304, "deepstack_visual_indexes": [0]}
    made = tiny.qwen3_vl_of({**tiny.TEXT, "head_dim": 8}, vision, sections=[2, 1, 1], most_tokens=16384)
    return tiny.save(made, folder / "full-processor")

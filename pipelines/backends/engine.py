"""A network that many threads ask: preparing runs ahead in threads of its own, answers come batch by batch.

Stages of one recipe that ask the same model share one network, because there is seldom room for two.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.backends import device, loading
from pipelines.backends.batching import Batcher, Waiting
from pipelines.backends.encode import Encoder, Row
from pipelines.backends.generate import Network, Said, must_fit
from pipelines.backends.shared import Shared
from pipelines.chat import Decoding, Request

Asked = tuple[Row, Decoding]
CARD_ROWS, CPU_ROWS = 32, 4
"""Most rows of a batch: beyond these a card gains little, and answers come late."""
PREPARERS = 8


class Engine:
    """One loaded network."""

    def __init__(self, place: Path, *, bits: int = 16, code: bool = False) -> None:
        """Load from a folder. Raises `Fatal`."""
        self._place, self._code = place, code
        self._local = threading.local()
        self.network = Network(place, bits=bits, code=code)
        self._encoder = self._new_encoder()
        self.takes_films = self._encoder.takes_films
        self.rows = CPU_ROWS if device.best().type == "cpu" else CARD_ROWS
        self._pool = ThreadPoolExecutor(min(PREPARERS, os.cpu_count() or 1), thread_name_prefix="prepare")
        self.batcher: Batcher[Asked, Said] = Batcher(self._answer, rows=self.rows, tokens=self.network.room())

    def ask(self, request: Request) -> Said:
        """The answer. Raises `Refused`, `Fatal` or `Cancelled`."""
        return self.batcher.ask(lambda: self._prepared(request))

    def count(self, request: Request) -> int:
        """Tokens of the question."""
        return self._pool.submit(self._row, request).result().tokens

    def close(self) -> None:
        """Stop, and give the memory back."""
        self.network.stopping.set()
        self._pool.shutdown(cancel_futures=True)
        self.batcher.close()

    def _prepared(self, request: Request) -> Waiting[Asked, Said]:
        row = self._pool.submit(self._row, request).result()
        must_fit(row, request.decoding, self.network.longest)
        return Waiting((row, request.decoding), row.shape, row.tokens + request.decoding.max_tokens)

    def _row(self, request: Request) -> Row:
        """In a thread of the pool, each of which has a processor of its own: tokenizers keep state.

        The pictures go to the card here, while it works on others, and not when their batch begins.
        """
        if not hasattr(self._local, "encoder"):
            self._local.encoder = self._new_encoder()
        encoder: Encoder = self._local.encoder
        return self.network.near(encoder.row(request))

    def _answer(self, asked: Sequence[Asked]) -> list[Said]:
        return self.network.answer([row for row, _ in asked], [decoding for _, decoding in asked], self._encoder)

    def _new_encoder(self) -> Encoder:
        return Encoder(loading.processor(self._place, code=self._code), self.network.dtype)


SHARED: Shared[Engine] = Shared()
"""Of this process; a card has no room for two of the same."""

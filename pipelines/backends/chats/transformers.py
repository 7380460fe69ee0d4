"""A network in the worker itself, through transformers: needs no server, serves one process."""

from __future__ import annotations

import importlib.util
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar

from pipelines import weights
from pipelines.backends.chats import BACKENDS, Backend
from pipelines.catalogue import Model
from pipelines.chat import Answer, Chat, Request
from pipelines.errors import Fatal
from pipelines.records import Usage

if TYPE_CHECKING:
    from pipelines.backends.engine import Engine

BITS_PACKAGE = "bitsandbytes"
AHEAD = 2
"""Batches that are on their way at once: one at work, one being prepared."""


@BACKENDS.register
class Transformers(Backend):
    """Loads the weights where the stage runs."""

    name: ClassVar[str] = "transformers"
    about: ClassVar[str] = "A network in the worker itself: any captioner or language model that transformers knows."
    order: ClassVar[int] = 20
    local: ClassVar[bool] = True

    def missing(self, model: Model, server: str) -> str | None:
        if server:
            return f"it runs in the worker and knows no server {server!r}"
        if model.hosted:
            return f"the weights of {model.name} are not published"
        if model.bits < 16 and importlib.util.find_spec(BITS_PACKAGE) is None:
            return f"int{model.bits} needs {BITS_PACKAGE}; run `make models`, or take the model as it is"
        try:
            weights.must_be_installed()
            place = weights.place(model)
        except Fatal as error:
            return str(error)
        if model.remote_code and not weights.code_allowed(model, place):
            return f"{model.name} needs code of its own; set {weights.ALLOWED} to {model.repo}@COMMIT if you trust it"
        return None

    def open(self, model: Model, server: str) -> Chat:
        if reason := self.missing(model, server):
            raise Fatal(f"transformers: {reason}")
        return TransformersChat(model)


class TransformersChat(Chat):
    """A network that this process holds, maybe together with others who ask the same."""

    def __init__(self, model: Model) -> None:
        from pipelines.backends.engine import SHARED, Engine

        place = weights.place(model)
        code = model.remote_code and weights.code_allowed(model, place)
        self._key = (place, model.bits)
        self._shared = SHARED
        self._engine: Engine | None = SHARED.take(self._key, lambda: Engine(place, bits=model.bits, code=code))
        self.model = model.repo if model.bits == 16 else f"{model.repo}:int{model.bits}"
        self.takes_films = self._engine.takes_films
        self.window = AHEAD * self._engine.rows

    def ask(self, request: Request) -> Answer:
        since = time.monotonic()
        said = self._open().ask(request)
        usage = Usage(said.tokens_in, said.tokens_out, seconds=time.monotonic() - since)
        return Answer(said.text, self.model, said.finish, usage)

    def expecting(self) -> AbstractContextManager[None]:
        return self._open().batcher.expecting()

    def count(self, request: Request) -> int:
        return self._open().count(request)

    def close(self) -> None:
        if self._engine:
            self._shared.give_back(self._key)
        self._engine = None

    def _open(self) -> Engine:
        if self._engine is None:
            raise Fatal(f"{self.model} was closed; open it again")
        return self._engine

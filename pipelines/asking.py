"""What every stage has in common that asks a model: which one, by which way, how it chooses its words.

Such a stage says what to do with one item, in a straight line that waits for its answers; `work` runs many lines at once.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema, field_validator

from pipelines import prompts, quality
from pipelines.backends import chats
from pipelines.catalogue import find
from pipelines.chat import Answer, Chat, Content, Decoding, Request
from pipelines.records import Caption, Part, Prompt, Usage
from pipelines.stage import Stage

In = TypeVar("In")
Out = TypeVar("Out")

Asked = Annotated[Prompt, BeforeValidator(prompts.load), WithJsonSchema({"type": "string", "format": "prompt"})]
"""A prompt as a field: in a recipe its name or its words."""


def asked_with(name: str, description: str) -> Any:
    """A field of type `Asked` whose default ships under this name."""
    return Field(default_factory=partial(prompts.load, name), description=description, json_schema_extra={"default": name})


class Asking(Stage[In, Out], Generic[In, Out]):
    """A stage whose `one` asks a model. `window` says how many items should be on their way at once."""

    does: ClassVar[str] = "caption"
    """What the model has to be able to do: caption, rewrite or judge."""

    model: str = Field("qwen3-vl-8b", description="Name in the catalogue, hub id, or folder with weights")
    backend: str = Field(
        chats.AUTO,
        description="Who answers; auto: the first that is ready",
        json_schema_extra={"enum": [*chats.choices()]},
    )
    server: str = Field("", description="Name of a server in CLAPPER_SERVERS; empty for the one in CLAPPER_SERVER")
    max_tokens: int = Field(512, ge=1, le=32768, description="Most tokens of one answer; what is longer counts as truncated")
    temperature: float = Field(0.0, ge=0, le=2, description="0 always takes the most likely word; higher is more varied")
    top_p: float = Field(1.0, ge=0.01, le=1, description="Share of the likely words that are chosen from")
    seed: int = Field(0, ge=0, le=2**31, description="Another seed gives other words where the temperature is above 0")

    _chat: Chat | None = PrivateAttr(None)

    @field_validator("backend")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in chats.choices():
            raise ValueError(f"{name!r} is no backend; known: {', '.join(chats.choices())}")
        return name

    def setup(self) -> None:
        self._chat = chats.open_chat(self.backend, model=self.model, server=self.server)

    def holds(self) -> dict[str, int]:
        found, backend = find(self.model), chats.chosen(self.backend, model=self.model, server=self.server)
        taken = backend.takes_bytes(found)
        return {f"{backend.name} {found.repo} {found.bits}": taken} if taken else {}

    def close(self) -> None:
        if self._chat:
            self._chat.close()
        self._chat = None

    @property
    def window(self) -> int:
        """Items that should be worked on at once."""
        return self._chat.window if self._chat else 1

    @property
    def is_local(self) -> bool:
        """Whether the network would live in the worker itself."""
        return chats.chosen(self.backend, model=self.model, server=self.server).local

    def process(self, batch: Sequence[In]) -> list[Out]:
        return [self.one(item) for item in batch]

    @abstractmethod
    def one(self, item: In) -> Out:
        """The result of one item. Called from many threads at once."""

    @property
    def chat(self) -> Chat:
        assert self._chat, "setup comes first"
        return self._chat

    def ask(self, *content: Content, system: str = "", schema: Any = None) -> Answer:
        """The model's answer to a question of one turn."""
        return self.chat.ask(Request.of(*content, system=system, decoding=self.decoding(), schema=schema))

    def decoding(self) -> Decoding:
        return Decoding(self.max_tokens, self.temperature, self.top_p, self.seed if self.temperature > 0 else None)


def said(answer: Answer, *, prompt: Prompt | None = None, parts: Sequence[Part] = (), role: str = "caption") -> Caption:
    """An answer as a caption, with how it ended and what may be wrong with it."""
    text = answer.text.strip()
    outcome, reason = quality.outcome(text, answer.finish)
    return Caption(
        text, answer.model, outcome=outcome, reason=reason, role=role, prompt=prompt, parts=tuple(parts),
        flags=quality.flags(text), usage=answer.usage,
    )  # fmt: skip


class Clock:
    """Adds up what the questions for one item took."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._usage = Usage()

    def add(self, answer: Answer) -> Answer:
        self._usage += answer.usage
        return answer

    def usage(self) -> Usage:
        """Tokens and price of all answers; seconds of the clock since the start."""
        spent = self._usage
        return Usage(spent.tokens_in, spent.tokens_out, spent.cost, time.monotonic() - self._since)

"""Asking a model: what goes to it and what comes back.

A method (how a clip becomes a caption) knows no engine, and an engine knows no method; they meet here. A method asks from as
many threads as it likes, each waiting for its own answer; an engine decides what is sent together. So the straight line

    answer = chat.ask(Request.of(prompt, film))

serves a hosted model, a server next door and a network in this process alike, and an answer cannot land on another clip.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.records import Usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One frame: height × width × 3, RGB, 0 to 255."""

    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Frames of a clip with their times, which models that know time are told."""

    frames: Pixels
    """Frames × height × width × 3, RGB, 0 to 255."""
    times_s: tuple[float, ...]
    """Of each frame, seconds from the start of the clip."""
    indices: tuple[int, ...]
    """Of each frame, counted from the clip's first."""
    total: int
    """Frames in the whole clip."""
    fps: float
    """Average rate of the source."""

    def pictures(self) -> list[Picture]:
        """The frames one by one, for engines and models that take pictures alone."""
        return [Picture(frame) for frame in self.frames]


Content = str | Picture | Film


@dataclass(frozen=True, slots=True)
class Message:
    """What one side says: words, pictures and films in the order in which the model meets them."""

    role: str
    """system, user or assistant"""
    content: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the model chooses its words."""

    max_tokens: int = 512
    temperature: float = 0.0
    """0 always takes the most likely word."""
    top_p: float = 1.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One question."""

    messages: tuple[Message, ...]
    decoding: Decoding = Decoding()
    schema: Mapping[str, Any] | None = None
    """JSON schema the answer has to obey; an engine that can force it does, others are asked again by the caller."""

    @staticmethod
    def of(*content: Content, system: str = "", decoding: Decoding | None = None, schema: Any = None) -> Request:
        """A question of one turn."""
        before = (Message("system", (system,)),) if system else ()
        return Request((*before, Message("user", content)), decoding or Decoding(), schema)

    def then(self, answer: str, *content: Content) -> Request:
        """The same conversation, one turn further."""
        more = (Message("assistant", (answer,)), Message("user", content))
        return Request((*self.messages, *more), self.decoding, self.schema)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said."""

    text: str
    model: str
    """As the engine names it."""
    finish: str = "stop"
    """stop; length: it had no tokens left; blocked: the engine refused to answer."""
    usage: Usage = field(default_factory=Usage)


class Chat(ABC):
    """A model that is ready to be asked, by many threads at once."""

    model: str
    window: int = 1
    """Questions that should be on their way at once, so that the engine never waits."""
    takes_films: bool = True
    """Whether it knows time; else a film goes as pictures, with their times in words."""

    @abstractmethod
    def ask(self, request: Request) -> Answer:
        """The answer. Raises `Refused` for this question, `Fatal` when the engine answers nobody."""

    def expecting(self) -> AbstractContextManager[None]:
        """Held by whoever still gathers what a question is made of: an engine that batches waits a little for it."""
        return nullcontext()

    def count(self, request: Request) -> int | None:
        """Tokens the question would take, when the engine can tell without answering it."""
        return None

    def close(self) -> None:  # noqa: B027 - most have nothing to give back
        """Give everything back. Questions on their way end with `Cancelled`."""

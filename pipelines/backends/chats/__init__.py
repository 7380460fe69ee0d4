"""Who answers: one kind of engine a file. Importing this loads no engine and no client; `open` does.

`auto` takes the first that is ready: a server whose address is known, sglang where it is set up, transformers in this
process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pipelines import weights
from pipelines.catalogue import Model, find
from pipelines.chat import Chat
from pipelines.errors import Fatal
from pipelines.registry import Registry

AUTO = "auto"


class Backend(ABC):
    """A way to a model."""

    name: ClassVar[str]
    about: ClassVar[str]
    """One sentence for people who choose."""
    order: ClassVar[int]
    """Place among those that `auto` tries, low first."""
    local: ClassVar[bool] = False
    """Whether the network lives in the worker itself, so that one process a machine should hold it."""

    @abstractmethod
    def missing(self, model: Model, server: str) -> str | None:
        """Why this model cannot be asked this way, and what would help; None when it can. Quick, and loads nothing."""

    def takes_bytes(self, model: Model) -> int:
        """What the network takes of this machine's memory, by its weights on disk; 0 where it lives elsewhere."""
        return weights.size_bytes(model) if self.local else 0

    @abstractmethod
    def open(self, model: Model, server: str) -> Chat:
        """The model, ready to be asked. Raises `Fatal`."""


BACKENDS: Registry[Backend] = Registry("pipelines.backends.chats")


def choices() -> list[str]:
    """What a stage's field `backend` may say."""
    return [AUTO, *(name for name, _ in BACKENDS)]


def chosen(name: str, *, model: str, server: str = "") -> Backend:
    """The backend that will answer for a model. Raises `Fatal` with the reason of each that cannot."""
    found = find(model)
    wanted = [BACKENDS[name]()] if name != AUTO else sorted((cls() for _, cls in BACKENDS), key=lambda one: one.order)
    reasons = [(backend, backend.missing(found, server)) for backend in wanted]
    ready = next((backend for backend, reason in reasons if reason is None), None)
    if ready is None:
        raise Fatal(f"nobody answers for {model}: " + "; ".join(f"{one.name}: {reason}" for one, reason in reasons))
    return ready


def open_chat(name: str, *, model: str, server: str = "") -> Chat:
    """A model, ready to be asked. Raises `Fatal` with a sentence that says what to do."""
    return chosen(name, model=model, server=server).open(find(model), server)

"""The one interface of all work on clips, here and on a cluster.

Parameters are fields, weights arrive in `setup`, work happens in `process`. A stage holds no try/except, no timer and no
progress bar: `run_batch` isolates the guilty items, the worker keeps the books.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from pipelines.errors import Cancelled, Fatal, NotNow, Refused

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Needs:
    """What one running copy of a stage takes."""

    cpus: float = 1
    gpus: float = 0


class Configured(BaseModel):
    """A step of the pipeline as a person configured it; recipe, form, command line and cache key come from its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    about: ClassVar[str]
    """One sentence for people who choose."""
    version: ClassVar[int] = 1
    """Raised when the same parameters would give another result."""

    def digest(self) -> str:
        """16 hex digits that change whenever the same input could give another result."""
        return digest({"stage": self.name, "version": self.version, "parameters": self.model_dump(mode="json")})


class Stage(Configured, ABC, Generic[In, Out]):
    """A step that turns each item of a batch into one result."""

    needs: ClassVar[Needs] = Needs()
    batch_size: ClassVar[int] = 1

    def setup(self) -> None:
        """Load weights; called once, inside the worker. May raise `Fatal`."""

    @abstractmethod
    def process(self, batch: Sequence[In]) -> Sequence[Out]:
        """One result per input, in order. May raise; the batch is then halved until the guilty item stands alone."""

    def holds(self) -> dict[str, int]:
        """Networks in memory while it is set up: by name, the bytes of their weights. Stages share those of one name.

        May raise `Fatal`, as `setup` may.
        """
        return {}

    def close(self) -> None:
        """Give memory back. Must survive a `setup` that was never finished."""


def digest(value: Any) -> str:
    """16 hex digits of a JSON-able value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Done(Generic[In, Out]):
    """An item and its result."""

    item: In
    value: Out


@dataclass(frozen=True, slots=True)
class Failed(Generic[In]):
    """An item that could not be worked on, and why."""

    item: In
    kind: str
    reason: str
    trace: str = ""
    """Where in the program it went wrong; empty where the reason says all."""


def run_batch(stage: Stage[In, Out], batch: Sequence[In]) -> list[Done[In, Out] | Failed[In]]:
    """Run one batch; when it raises, halve it until only the guilty items fail. What is no item's fault passes through."""
    try:
        results = stage.process(batch)
        return [Done(item, value) for item, value in zip(batch, results, strict=True)]
    except (Fatal, NotNow, Cancelled):
        raise
    except Exception as error:
        if len(batch) == 1:
            return [_failed(batch[0], error)]
    middle = len(batch) // 2
    return run_batch(stage, batch[:middle]) + run_batch(stage, batch[middle:])


def _failed(item: In, error: Exception) -> Failed[In]:
    if isinstance(error, Refused):
        return Failed(item, error.kind, str(error))
    return Failed(item, "stage_error", f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))

"""What several stages of one process hold together: a card has no room for two of the same network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Shared(Generic[T]):
    """What is there by its key, and how many hold on to each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Hashable, tuple[T, int]] = {}

    def take(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of this key, made if nobody has it yet."""
        with self._lock:
            thing, holders = self._held.get(key) or (make(), 0)
            self._held[key] = thing, holders + 1
            return thing

    def give_back(self, key: Hashable) -> None:
        """The last who gives it back closes it."""
        with self._lock:
            thing, holders = self._held.pop(key)
            if holders > 1:
                self._held[key] = thing, holders - 1
                return
        thing.close()

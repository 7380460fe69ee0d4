"""Questions of many threads, gathered into batches for one that answers them.

Who waits longest goes next, with those of the same kind and of like length, so that little is computed in vain.
A batch that takes too much memory is halved, and so are all later ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pipelines.errors import Cancelled, Fatal, Refused

In = TypeVar("In")
Out = TypeVar("Out")

LIKE = 1.25
"""Ratio of two lengths up to which they are alike."""
LINGER_S = 0.02
"""How long the next question is waited for when none is known to come."""
HOLD_S, HOLD_SHARE, FIRST_HOLD_S = 0.5, 0.1, 2.0
"""How long a batch that is not full waits for those that come: so long, or this share of the time that the batch before it
took. The first one does not know yet: a batch of one takes a card nearly as long as a full one."""


class TooLarge(Exception):
    """The batch takes more memory than there is."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting(Generic[In, Out]):
    """A question whose thread waits."""

    value: In
    kind: Hashable
    """Only those of one kind can be answered together."""
    tokens: int
    """Of question and answer."""
    answer: Future[Out] = field(default_factory=Future)

    def is_like(self, other: Waiting[In, Out]) -> bool:
        shorter, longer = sorted((self.tokens, other.tokens))
        return self.kind == other.kind and longer <= LIKE * shorter


class Batcher(Generic[In, Out]):
    """One thread that works, any number that ask."""

    def __init__(self, work: Callable[[Sequence[In]], Sequence[Out]], *, rows: int, tokens: int) -> None:
        """`work` answers a batch in order, of at most `rows` questions with `tokens` in all; it may raise `TooLarge`."""
        self._work, self._rows, self.tokens = work, rows, tokens
        self._waiting: list[Waiting[In, Out]] = []
        self._changed = threading.Condition()
        self._coming = 0
        self._hold_s = FIRST_HOLD_S
        self._end: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)
        self._thread.start()

    def ask(self, prepare: Callable[[], Waiting[In, Out]]) -> Out:
        """The answer to what `prepare` makes, in the caller's own thread; a batch waits a little for what is being made."""
        with self._changed:
            self._coming += 1
        try:
            asked = prepare()
        except BaseException:
            self._arrive(None)
            raise
        self._arrive(asked)
        return asked.answer.result()

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Held while somebody makes what will be asked: batches wait a little for it, as for what is being prepared."""
        with self._changed:
            self._coming += 1
        try:
            yield
        finally:
            self._arrive(None)

    def close(self) -> None:
        """Answer nobody any more: whoever waits gets `Cancelled`. Returns when the batch at work has ended."""
        self._stop(Cancelled("the model was closed"))
        self._thread.join()

    def _arrive(self, asked: Waiting[In, Out] | None) -> None:
        with self._changed:
            self._coming -= 1
            if asked and self._end:
                asked.answer.set_exception(self._end)
            elif asked:
                self._waiting.append(asked)
            self._changed.notify_all()

    def _stop(self, reason: Exception) -> None:
        with self._changed:
            self._end = self._end or reason
            for asked in self._waiting:
                asked.answer.set_exception(self._end)
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while batch := self._next():
            since = time.monotonic()
            self._answer(batch)
            self._hold_s = max(HOLD_S, HOLD_SHARE * (time.monotonic() - since))

    def _next(self) -> list[Waiting[In, Out]]:
        """The next batch, once it is full or nothing more comes; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._end)
            deadline = time.monotonic() + self._hold_s
            while self._waiting and not self._is_full(batch := self._chosen()) and time.monotonic() < deadline:
                known = len(self._waiting) + self._coming
                self._changed.wait(LINGER_S)
                if not self._coming and len(self._waiting) + self._coming <= known:
                    break
            batch = self._chosen() if self._waiting else []
            self._waiting = [asked for asked in self._waiting if asked not in batch]
            return batch

    def _chosen(self) -> list[Waiting[In, Out]]:
        """Those that go with the one that waits longest, as many as there is room for."""
        chosen: list[Waiting[In, Out]] = []
        for asked in self._waiting:
            if asked.is_like(self._waiting[0]) and (not chosen or self._fits([*chosen, asked])):
                chosen.append(asked)
        return chosen

    def _fits(self, batch: Sequence[Waiting[In, Out]]) -> bool:
        return len(batch) <= self._rows and len(batch) * max(asked.tokens for asked in batch) <= self.tokens

    def _is_full(self, batch: Sequence[Waiting[In, Out]]) -> bool:
        """Whether one more like these would not fit."""
        return not self._fits([*batch, batch[0]])

    def _answer(self, batch: Sequence[Waiting[In, Out]]) -> None:
        answers, error = self._worked(batch)
        match error:
            case None:
                for asked, answer in zip(batch, answers, strict=True):
                    asked.answer.set_result(answer)
            case TooLarge():
                self._smaller(batch)
            case Fatal() | Cancelled():
                self._give(batch, error)
                self._stop(error)
            case _:
                self._isolate(batch, error)

    def _worked(self, batch: Sequence[Waiting[In, Out]]) -> tuple[Sequence[Out], Exception | None]:
        """Answers, or why there are none.

        Of an error only the words are kept before anything is tried again: its traceback holds on to all that was being
        computed, and the halves would find the memory as full as it was."""
        try:
            return self._work([asked.value for asked in batch]), None
        except TooLarge:
            return [], TooLarge()
        except Exception as error:
            return [], error.with_traceback(None)

    def _smaller(self, batch: Sequence[Waiting[In, Out]]) -> None:
        """Half of it at a time, now and from now on."""
        if len(batch) == 1:
            text = f"a question of {batch[0].tokens} tokens takes more memory than there is; show fewer or smaller frames"
            self._give(batch, Refused("too_large", text))
            return
        self.tokens = min(self.tokens, len(batch) * max(asked.tokens for asked in batch) // 2)
        self._halves(batch)

    def _isolate(self, batch: Sequence[Waiting[In, Out]], error: Exception) -> None:
        """One question must not spoil the others."""
        if len(batch) == 1:
            reason = error if isinstance(error, Refused) else Refused("model_error", f"{type(error).__name__}: {error}")
            self._give(batch, reason)
        else:
            self._halves(batch)

    def _halves(self, batch: Sequence[Waiting[In, Out]]) -> None:
        middle = len(batch) // 2
        self._answer(batch[:middle])
        self._answer(batch[middle:])

    def _give(self, batch: Sequence[Waiting[In, Out]], error: Exception) -> None:
        for asked in batch:
            asked.answer.set_exception(error)

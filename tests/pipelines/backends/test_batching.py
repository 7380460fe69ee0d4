"""Gathering: who goes with whom, what happens when memory runs out or a question is bad. Nothing here needs a network."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from pipelines.backends import batching
from pipelines.backends.batching import Batcher, TooLarge, Waiting
from pipelines.errors import Cancelled, Fatal, Refused
from tests.support.waiting import until


@dataclass
class Worker:
    """Answers a number with its double, notes the batches, and misbehaves on demand."""

    room: int = 1 << 30
    """Tokens from which it is too much."""
    batches: list[list[int]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    fatal: bool = False

    def __call__(self, batch: Sequence[int]) -> list[int]:
        self.gate.wait(10)
        self.batches.append(list(batch))
        if self.fatal:
            raise Fatal("the card is gone")
        if len(batch) * max(batch) > self.room:
            raise TooLarge
        if 13 in batch:
            raise ValueError("unlucky")
        return [2 * number for number in batch]


@pytest.fixture
def worker() -> Worker:
    made = Worker()
    made.gate.set()
    return made


@pytest.fixture
def batcher(worker: Worker) -> Iterator[Batcher[int, int]]:
    made = Batcher(worker, rows=4, tokens=1000)
    yield made
    made.close()


def asked(number: int, kind: str = "one") -> Waiting[int, int]:
    return Waiting(number, kind, number)


def ask_all(batcher: Batcher[int, int], worker: Worker, numbers: Sequence[int], kinds: str = "") -> list[int | Exception]:
    """All at once: the first is held at work until the others wait."""
    worker.gate.clear()
    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(batcher.ask, lambda: asked(1, "first"))
        while not batcher._waiting and not first.running():
            pass
        threading.Event().wait(0.1)  # the first is at work by then
        futures = []
        for place, number in enumerate(numbers):
            kind = kinds[place] if kinds else "one"
            futures.append(pool.submit(batcher.ask, lambda number=number, kind=kind: asked(number, kind)))
            while len(batcher._waiting) <= place:  # in this order
                threading.Event().wait(0.001)
        worker.gate.set()
        first.result()
        found: list[int | Exception] = [future.exception() or future.result() for future in futures]  # type: ignore[misc]
    return found


def test_answers_come_to_whom_they_belong(batcher: Batcher[int, int], worker: Worker) -> None:
    numbers = [100, 101, 102, 103, 104, 105]
    assert ask_all(batcher, worker, numbers) == [2 * number for number in numbers]
    assert worker.batches == [[1], [100, 101, 102, 103], [104, 105]]


def test_a_batch_waits_for_those_that_are_still_being_made(batcher: Batcher[int, int], worker: Worker) -> None:
    def made_slowly() -> int:
        with batcher.expecting():
            threading.Event().wait(0.2)  # a clip whose frames are being read
        return batcher.ask(lambda: asked(101))

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(made_slowly)
        while not batcher._coming:
            pass
        assert pool.submit(batcher.ask, lambda: asked(100)).result() == 200
        assert slow.result() == 202
    assert worker.batches == [[100, 101]]


def test_but_no_longer_than_a_share_of_what_the_batch_before_took(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "FIRST_HOLD_S", 0.01)
    monkeypatch.setattr(batching, "HOLD_S", 0.02)
    batcher = Batcher(worker, rows=4, tokens=1000)
    with batcher.expecting():  # somebody who never asks
        assert batcher.ask(lambda: asked(1)) == 2
        until(lambda: batcher._hold_s >= 0.02)
        worker.gate.clear()
        threading.Timer(0.5, worker.gate.set).start()
        assert batcher.ask(lambda: asked(2)) == 4
        until(lambda: batcher._hold_s >= batching.HOLD_SHARE * 0.4)
    batcher.close()


def test_only_one_kind_and_like_lengths_go_together(batcher: Batcher[int, int], worker: Worker) -> None:
    ask_all(batcher, worker, [100, 200, 110, 104, 220, 125, 126], "aaabaaa")
    assert worker.batches[1:] == [[100, 110, 125], [200, 220], [104], [126]]


def test_no_batch_has_more_tokens_than_there_is_room_for(batcher: Batcher[int, int], worker: Worker) -> None:
    ask_all(batcher, worker, [400, 400, 400, 1500])
    assert worker.batches[1:] == [[400, 400], [400], [1500]]  # one alone goes whatever it takes


def test_too_much_is_halved_and_remembered(batcher: Batcher[int, int], worker: Worker) -> None:
    worker.room = 250
    numbers = [100, 100, 100, 100, 101, 101]
    assert ask_all(batcher, worker, numbers) == [2 * number for number in numbers]
    assert [len(batch) for batch in worker.batches[1:]] == [4, 2, 2, 1, 1]
    assert batcher.tokens == 200


def test_one_that_is_too_much_alone_is_refused(batcher: Batcher[int, int], worker: Worker) -> None:
    worker.room = 250
    good, bad = ask_all(batcher, worker, [100, 300])
    assert good == 200
    assert isinstance(bad, Refused) and bad.kind == "too_large"
    assert "300 tokens takes more memory than there is; show fewer or smaller frames" in str(bad)


def test_a_bad_question_spoils_no_other(batcher: Batcher[int, int], worker: Worker) -> None:
    *good, bad = ask_all(batcher, worker, [12, 14, 15, 13])
    assert good == [24, 28, 30]
    assert isinstance(bad, Refused) and str(bad) == "ValueError: unlucky"


def test_a_broken_engine_answers_nobody_any_more(batcher: Batcher[int, int], worker: Worker) -> None:
    worker.fatal = True
    with pytest.raises(Fatal, match="the card is gone"):
        batcher.ask(lambda: asked(1))
    with pytest.raises(Fatal, match="the card is gone"):
        batcher.ask(lambda: asked(2))
    assert worker.batches == [[1]]


def test_closing_ends_those_who_wait(worker: Worker) -> None:
    batcher = Batcher(worker, rows=1, tokens=1000)
    worker.gate.clear()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(batcher.ask, lambda: asked(1))
        threading.Event().wait(0.1)
        second = pool.submit(batcher.ask, lambda: asked(2))
        while not batcher._waiting:
            threading.Event().wait(0.001)
        closing = pool.submit(batcher.close)
        assert isinstance(second.exception(5), Cancelled)
        worker.gate.set()
        closing.result(5)
        assert first.result(5) == 2
    with pytest.raises(Cancelled):
        batcher.ask(lambda: asked(3))


def test_what_cannot_be_prepared_tells_its_own_thread(batcher: Batcher[int, int], worker: Worker) -> None:
    def broken() -> Waiting[int, int]:
        raise OSError("no such frame")

    with pytest.raises(OSError, match="no such frame"):
        batcher.ask(broken)
    assert batcher.ask(lambda: asked(7)) == 14


def test_a_batch_waits_for_what_is_being_prepared(batcher: Batcher[int, int], worker: Worker) -> None:
    ready = threading.Event()

    def slow() -> Waiting[int, int]:
        ready.wait(5)
        return asked(101)

    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(batcher.ask, slow)
        threading.Event().wait(0.05)
        early = pool.submit(batcher.ask, lambda: asked(100))
        threading.Event().wait(0.1)
        ready.set()
        assert (early.result(), late.result()) == (200, 202)
    assert worker.batches == [[100, 101]]


def test_the_halves_find_the_memory_that_the_whole_took() -> None:
    class Tensors:
        """Stands for what a network computes."""

    taken: list[weakref.ref[Tensors]] = []

    def work(batch: Sequence[int]) -> list[int]:
        assert not [one for one in taken if one()], "the batch before is still in memory"
        computed = Tensors()
        taken.append(weakref.ref(computed))
        if len(batch) > 1:
            try:
                raise MemoryError
            except MemoryError as error:
                raise TooLarge from error
        return list(batch)

    worker = Worker()

    def gated(batch: Sequence[int]) -> list[int]:
        worker.gate.wait(10)
        return work(batch)

    batcher = Batcher(gated, rows=4, tokens=1000)
    try:
        assert ask_all(batcher, worker, [2, 2, 2, 2]) == [2, 2, 2, 2]
    finally:
        batcher.close()
    assert len(taken) > 4

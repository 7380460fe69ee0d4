"""A slow server is sent few questions at once, a quick one many."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.backends.pace import FIRST, Pace
from pipelines.errors import Cancelled


def simulated(slots: int, seconds: float, questions: int) -> tuple[int, float]:
    """Most at once, and the longest that one waited for its answer to begin, at a server that takes so many in turn."""
    pace, lock = Pace(32, late_s=0.2), threading.Lock()
    at_once, most, waits = 0, 0, list[float]()

    def ask(_: int) -> None:
        nonlocal at_once, most
        with pace.one():
            since = time.monotonic()
            with lock:
                at_once += 1
                most = max(most, at_once)
            waited = server.submit(work, since).result()
            with lock:
                at_once -= 1
            pace.answered(waited)

    def work(since: float) -> float:
        waits.append(time.monotonic() - since)
        time.sleep(seconds)
        return waits[-1]

    with ThreadPoolExecutor(slots) as server, ThreadPoolExecutor(32) as pool:
        list(pool.map(ask, range(questions)))
    return most, max(waits)


def test_one_at_a_time() -> None:
    most, longest = simulated(slots=1, seconds=0.03, questions=60)
    assert most < 16 and longest < 0.6, "all 32 at once would have waited for a second"


def test_many_at_a_time() -> None:
    most, _ = simulated(slots=32, seconds=0.02, questions=300)
    assert most > 3 * FIRST


def test_a_server_that_always_takes_a_while_to_begin_is_not_slow() -> None:
    pace = Pace(32, late_s=20)
    for _ in range(600):
        with pace.one():
            pace.answered(6)  # as a hosted model with many pictures does, however many ask
    assert pace._room == 32


def test_closing_lets_nobody_wait() -> None:
    pace = Pace(1, late_s=1)
    with pace.one(), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: pace.one().__enter__())
        time.sleep(0.05)
        pace.close()
        with pytest.raises(Cancelled):
            waiting.result(5)

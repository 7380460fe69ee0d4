"""A child process may crash, hang, lie, chatter and eat memory; the caller only ever sees one clear error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pipelines.child import ROOT, Child
from pipelines.errors import Cancelled, Fatal, Refused, Usage

FUNCTIONS = "tests.support.in_child"


def fn(name: str) -> str:
    return f"{FUNCTIONS}:{name}"


@pytest.fixture
def child() -> Iterator[Child]:
    with Child() as opened:
        yield opened


@pytest.fixture
def ready(child: Child) -> Child:
    """Started already, as a busy machine takes its time for it."""
    child.run(fn("echo"), None, seconds=60)
    return child


def gone(pid: int, within_s: float = 2) -> bool:
    """Whether the process has ended; a zombie nobody has waited for counts as ended."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "value",
    [None, 1.5, "text", "line\nbreak", os.fsdecode(b"\xff\xfe bad.mp4"), "\ud800", {"a": [1, {"b": None}]}, "😀" * 100_000],
)
def test_what_goes_in_comes_back(child: Child, value: Any) -> None:
    assert child.run(fn("echo"), value, seconds=10) == value


def test_messages_arrive_in_order_from_one_process(child: Child) -> None:
    assert list(child.call(fn("count"), 2000, seconds=10)) == list(range(2000))
    pid = child.pid
    assert list(child.call(fn("count"), 0, seconds=10)) == []
    assert child.pid == pid


def test_messages_arrive_while_the_function_still_runs(child: Child) -> None:
    started = time.monotonic()
    assert next(child.call(fn("sleep"), 30, seconds=40)) == child.pid
    assert time.monotonic() - started < 25


def test_it_is_poor_and_polite(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    me = child.run(fn("whoami"), None, seconds=10)
    assert "OPENAI_API_KEY" not in me["environment"]
    assert "secret" not in str(me)
    assert me["nice"] == os.nice(0) + 5
    assert me["core"] == 0
    assert me["memory"] == 3 << 30
    assert me["main"] == "pipelines.child_main"
    assert me["stdin"] == "/dev/null"
    assert os.getpgid(me["pid"]) == me["pid"] != os.getpgrp()


def test_printing_does_not_disturb(child: Child) -> None:
    assert list(child.call(fn("chatter"), None, seconds=10)) == ["said"]
    assert child.run(fn("echo"), 7, seconds=10) == 7


@pytest.mark.parametrize(
    ("name", "error", "kind", "text"),
    [
        ("refuse", Refused, "too_odd", "it is too odd"),
        ("misuse", Usage, None, "there is no such thing"),
        ("break_down", Fatal, None, "the weights are missing"),
        ("stumble", Refused, "stage_error", "KeyError: 'width'"),
        ("not_a_number", Refused, "stage_error", "ValueError"),
        ("far_too_long", Refused, "stage_error", "longer than"),
        ("no_such_function", Fatal, None, "no_such_function"),
    ],
)
def test_errors_are_carried_over_and_the_process_stays(
    child: Child, name: str, error: type[Exception], kind: str | None, text: str
) -> None:
    child.run(fn("echo"), 0, seconds=10)
    pid = child.pid
    with pytest.raises(error, match=text) as caught:
        list(child.call(fn(name), None, seconds=10))
    assert getattr(caught.value, "kind", None) == kind
    assert child.pid == pid


def test_messages_before_an_error_are_delivered(child: Child) -> None:
    answers = child.call(fn("refuse"), None, seconds=10)
    assert next(answers) == 1
    with pytest.raises(Refused):
        next(answers)


@pytest.mark.parametrize(
    ("name", "argument", "cause"),
    [
        ("crash", None, "SIGSEGV"),
        ("die", int(signal.SIGKILL), "SIGKILL"),
        ("leave", 3, "exit code 3"),
        ("leave", 0, "exit code 0"),
    ],
)
def test_a_crash_is_named_and_the_next_call_works(child: Child, name: str, argument: Any, cause: str) -> None:
    with pytest.raises(Refused, match=cause) as caught:
        list(child.call(fn(name), argument, seconds=10))
    assert caught.value.kind == "decoder_crash"
    assert child.pid is None
    assert child.run(fn("echo"), 1, seconds=10) == 1


def test_the_end_of_what_a_crashed_child_said_is_kept_for_developers(child: Child) -> None:
    with pytest.raises(Refused) as caught:
        list(child.call(fn("crash"), None, seconds=10))
    assert "in_child.py" in "".join(caught.value.__notes__)
    assert "in_child.py" not in str(caught.value)


@pytest.mark.parametrize(("name", "argument"), [("eat", 4096), ("abort_like_cpp", None)])
def test_running_out_of_memory_is_told_apart(child: Child, name: str, argument: Any) -> None:
    with pytest.raises(Refused) as caught:
        list(child.call(fn(name), argument, seconds=20))
    assert caught.value.kind == "memory_limit"
    assert child.run(fn("echo"), 1, seconds=10) == 1


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_the_time_limit_kills(ready: Child, name: str) -> None:
    answers = ready.call(fn(name), 60, seconds=0.5)
    pid = next(answers)
    started = time.monotonic()
    with pytest.raises(Refused, match=r"0\.5 s") as caught:
        list(answers)
    assert caught.value.kind == "time_limit"
    assert 0.3 < time.monotonic() - started < 5
    assert gone(pid)
    assert ready.run(fn("echo"), 1, seconds=10) == 1


def test_the_time_the_caller_takes_does_not_count(ready: Child) -> None:
    for _ in ready.call(fn("count"), 3, seconds=1):
        time.sleep(0.4)


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_cancelling_takes_less_than_half_a_second(child: Child, name: str) -> None:
    wish = threading.Event()
    answers = child.call(fn(name), 60, seconds=60, cancelled=wish.is_set)
    pid = next(answers)
    wish.set()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        list(answers)
    assert time.monotonic() - started < 0.5
    assert gone(pid)
    assert child.run(fn("echo"), 1, seconds=10) == 1


def test_whatever_it_started_dies_with_it(ready: Child) -> None:
    answers = ready.call(fn("with_helper"), None, seconds=1)
    helper = next(answers)
    with pytest.raises(Refused):
        next(answers)
    assert gone(helper)


def test_an_abandoned_call_leaves_nothing_behind(child: Child) -> None:
    pid = next(child.call(fn("spin"), None, seconds=60))
    assert gone(pid)
    assert child.run(fn("echo"), "clean", seconds=10) == "clean"


def test_two_calls_at_once_are_refused(child: Child) -> None:
    first = child.call(fn("count"), 3, seconds=10)
    assert next(first) == 0
    with pytest.raises(RuntimeError, match="one call at a time"):
        child.run(fn("echo"), 1, seconds=10)
    assert list(first) == [1, 2]


@pytest.mark.parametrize(
    "line", ["", "nonsense", "[1]", "{}", '{"message": NaN}', '{"error": 3}', "[" * 100_000, "9" * 5000]
)
def test_a_forged_answer_is_a_crash_of_the_decoder(child: Child, line: str) -> None:
    with pytest.raises(Refused) as caught:
        list(child.call(fn("forge"), line, seconds=10))
    assert caught.value.kind == "decoder_crash"
    assert child.run(fn("echo"), 1, seconds=10) == 1


def test_an_answer_without_end_is_a_crash_of_the_decoder(child: Child) -> None:
    with pytest.raises(Refused) as caught:
        list(child.call(fn("forge"), "x" * (18 << 20), seconds=10))
    assert caught.value.kind == "decoder_crash"


def test_it_is_replaced_after_many_calls() -> None:
    with Child(recycle_calls=3) as child:
        pids = [child.run(fn("whoami"), None, seconds=10)["pid"] for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_it_is_replaced_when_it_grew() -> None:
    with Child(recycle_bytes=100 << 20) as child:
        assert child.run(fn("eat"), 20, seconds=10) == 20 << 20
        assert child.pid is not None
        child.run(fn("keep"), 120, seconds=10)
        assert child.pid is None


def test_a_child_that_died_between_calls_is_replaced(child: Child) -> None:
    pid = child.run(fn("whoami"), None, seconds=10)["pid"]
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert child.run(fn("whoami"), None, seconds=10)["pid"] != pid


def test_no_pipe_stays_open() -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with Child() as child:
        for name in ("echo", "crash", "echo"):
            with suppress(Refused):
                list(child.call(fn(name), None, seconds=10))
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_killed_worker_leaves_no_orphan() -> None:
    code = f"""
from pipelines.child import Child
for pid in Child().call({fn("sleep")!r}, 60, seconds=60):
    print(pid, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        assert not gone(pid, within_s=0.2)
        worker.kill()
    assert gone(pid)

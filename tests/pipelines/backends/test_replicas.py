"""Servers as child processes: started, asked by turns, revived when they die, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.backends import replicas as module
from pipelines.backends.chats.http import HttpChat
from pipelines.backends.replicas import Replicas
from pipelines.backends.server_process import ServerProcess
from pipelines.backends.servers import Server
from pipelines.catalogue import Model
from pipelines.chat import Request
from pipelines.child import ROOT
from pipelines.errors import Fatal, NotNow
from tests.support.waiting import until

MODEL = Model(name="tiny", repo="tiny")
ASK = Request.of("Still there?")


@pytest.fixture
def start(tmp_path: Path) -> Callable[[int], ServerProcess]:
    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "tests.support.chat_server", str(port)]

    return lambda number: ServerProcess(command, environment={}, log=tmp_path / f"{number}.log")


@pytest.fixture
def two(start: Callable[[int], ServerProcess], monkeypatch: pytest.MonkeyPatch) -> Iterator[Replicas]:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)
    found = Replicas("tiny", 2, start=start, line=line, patience_s=30, window=4)
    yield found
    found.close()


def line(process: ServerProcess) -> HttpChat:
    return HttpChat(MODEL, Server("", f"{process.url}/v1"))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_both_are_asked_and_a_dead_one_is_revived(two: Replicas) -> None:
    assert two.window == 8
    with ThreadPoolExecutor(8) as pool:
        assert all(answer.finish == "stop" for answer in pool.map(lambda _: two.ask(ASK), range(16)))
    before = [process.pid for process in two.processes]
    os.killpg(before[0], signal.SIGKILL)
    answers = 0
    for _ in range(12):
        try:
            two.ask(ASK)
            answers += 1
        except NotNow:
            time.sleep(0.05)
    assert answers >= 8, "the other one goes on meanwhile"
    until(lambda: two.processes[0].pid != before[0] and two.processes[0].healthy())
    assert two.processes[1].pid == before[1]
    revived = two.processes[0].pid
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("revive")])
    time.sleep(0.5)
    assert two.processes[0].pid == revived and two.processes[0].healthy(), "it outlives the thread that started it"


def test_one_that_goes_on_dying_is_given_up(two: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REVIVALS", 0)
    for process in two.processes:
        os.killpg(process.pid, signal.SIGKILL)
    with pytest.raises(Fatal, match=r"died 0 times; see .*log"):
        for _ in range(20):
            try:
                two.ask(ASK)
            except NotNow:
                time.sleep(0.05)


def test_a_proxy_of_the_environment_is_not_asked_for_the_loopback(
    start: Callable[[int], ServerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    one = Replicas("tiny", 1, start=start, line=line, patience_s=30, window=4)
    try:
        assert one.ask(ASK).finish == "stop"
    finally:
        one.close()


def test_closing_leaves_nothing_running(two: Replicas) -> None:
    pids = [process.pid for process in two.processes]
    two.close()
    assert all(gone(pid) for pid in pids)


def test_one_that_cannot_start_says_its_last_words(tmp_path: Path) -> None:
    words = "print('no card here'); raise SystemExit(3)"
    process = ServerProcess(lambda _: [sys.executable, "-c", words], environment={}, log=tmp_path / "log")
    with pytest.raises(Fatal, match=r"ended while it was starting.*no card here"):
        process.wait(30)
    process.stop()


def test_one_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    process = ServerProcess(lambda _: ["sleep", "60"], environment={}, log=tmp_path / "log")
    with pytest.raises(Fatal, match="was not ready after 1 s"):
        process.wait(1)
    assert gone(process.pid)


def test_it_ends_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from pipelines.backends.server_process import ServerProcess\n"
        f"process = ServerProcess(lambda _: ['sleep', '600'], environment={{}}, log=Path({str(tmp_path / 'log')!r}))\n"
        "time.sleep(1); print(process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: gone(pid))

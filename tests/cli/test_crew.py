"""Workers are kept alive, stopped with whoever started them, and given up when they cannot live at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from cli import crew
from cli.crew import Crew
from db.models import Worker
from db.session import Store
from pipelines.errors import ClapperError
from settings import Settings
from tests.support.waiting import until


def pids(store: Store) -> list[int]:
    with store.read() as session:
        return list(session.scalars(select(Worker.pid)))


def test_a_killed_worker_is_replaced_and_all_end_with_the_crew(settings: Settings, store: Store) -> None:
    with Crew(settings, count=1):
        until(lambda: len(pids(store)) == 1)
        (first,) = pids(store)
        os.kill(first, signal.SIGKILL)
        until(lambda: pids(store) not in ([], [first]))
        (second,) = (pid for pid in pids(store) if pid != first)
    assert not Path(f"/proc/{second}").exists()


def test_workers_that_cannot_live_are_given_up_with_a_sentence(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "APP", Path("/nowhere/app.py"))
    monkeypatch.setattr(crew, "SOONEST_S", 0.01)

    def given_up(keepers: Crew) -> bool:
        try:
            keepers.check()
        except ClapperError as error:
            return "worker-0.log says why" in str(error)
        return False

    with Crew(settings, count=1) as keepers:
        until(lambda: given_up(keepers))
    assert "nowhere" in (settings.data / "logs" / "worker-0.log").read_text()


def test_a_worker_ends_with_a_parent_that_died_while_it_was_starting(settings: Settings, store: Store) -> None:
    command = [sys.executable, str(crew.APP), "worker", "--data", str(settings.data), "--parent"]
    spawn = f"subprocess.Popen({command!r} + [str(os.getpid())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
    code = f"import os, subprocess; print({spawn}.pid)"
    born = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    pid = int(born.stdout)
    try:
        until(lambda: not Path(f"/proc/{pid}").exists())
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

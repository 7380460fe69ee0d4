"""The share of time in which networks computed, and what a driver says of its cards."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipelines.busy import Busy, gpus


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


def test_the_share_is_of_the_time_since_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, busy = Clock(monkeypatch), Busy()
    clock.now += 10
    assert busy.share() is None
    with busy.computing():
        clock.now += 3
    clock.now += 1
    assert busy.share() == 0.75
    clock.now += 1
    assert busy.share() == 0


def test_what_still_goes_on_counts_and_two_at_once_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, busy = Clock(monkeypatch), Busy()
    with busy.computing(), busy.computing():
        clock.now += 5
        assert busy.share() == 1
        clock.now += 5
    clock.now += 10
    assert busy.share() == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("script", "found"), [("echo 97; echo 3", [0.97, 0.03]), ("echo N/A", None), ("exit 9", None), ("true", None)]
)
def test_what_the_driver_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, found: list[float] | None
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpus() == found


def test_without_a_driver_there_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus() is None

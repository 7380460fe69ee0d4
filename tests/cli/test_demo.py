"""The demo does the whole job once; the second start computes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def demo(data: Path) -> tuple[str, float]:
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "app.py"), "demo", "--no-serve", "--data", str(data)]
    ended = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, timeout=110)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, time.monotonic() - began


def test_the_second_start_takes_seconds_and_computes_nothing(tmp_path: Path) -> None:
    first, _ = demo(tmp_path / "data")
    assert "5 videos, 8 clips: 5 kept, 3 dropped" in first
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "clips").rglob("*.*")}
    second, seconds = demo(tmp_path / "data")
    assert "done already (5 clips kept)" in second
    assert seconds < 10
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "clips").rglob("*.*")} == files

"""The measurement of a scan, on a short real video."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_a_scan_is_measured_beside_a_plain_decode(videos: Path) -> None:
    video = videos / "media__roadtrip-vp92-10bit.webm"
    command = [sys.executable, str(ROOT / "bench" / "scan.py"), str(video), "--runs", "1", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=videos)
    one = json.loads(done.stdout)
    assert (one["video"], one["frames"], one["runs"]) == (video.name, 72, 1)
    assert 0 < one["decode_cpu_s"] < 60 and 0 < one["scan_cpu_s"] < 60
    assert 0.1 < one["startup_cpu_s"] < 60
    assert one["frames_per_cpu_s"] > 10
    assert 40 < one["peak_rss_mib"] < 1024

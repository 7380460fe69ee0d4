"""Real videos are scanned once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.support.scans import Scanned, scan_file


@pytest.fixture(scope="session")
def scanned(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scanned]:
    """Scans a video of the test folder with the defaults, the first time it is asked for."""
    out = tmp_path_factory.mktemp("scans")
    return cache(lambda name: scan_file(videos / name, out))

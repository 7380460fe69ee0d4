"""What every test may ask for: the real videos, a data folder, an open store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.session import Store, open_store
from settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def videos() -> Path:
    """Real videos with known facts (`index.csv` beside them)."""
    folder = Path(os.environ.get("CLAPPER_TEST_VIDEOS") or ROOT.parent / "shared" / "videos")
    assert (folder / "index.csv").exists(), f"no test videos in {folder}; set CLAPPER_TEST_VIDEOS to their folder"
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.database)
    yield opened
    opened.close()

"""What every test may ask for: the real videos, a data folder, an open store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from db.session import Store, open_store
from settings import Settings

ROOT = Path(__file__).parent.parent

collect_ignore = [] if os.environ.get("CLAPPER_TEST_SGLANG") else ["sglang"]
"""A real sglang server needs an environment of its own; `make test-sglang` sets it up and says so."""


@pytest.fixture(scope="session")
def videos() -> Path:
    """Real videos with known facts (`index.csv` beside them)."""
    folder = Path(os.environ.get("CLAPPER_TEST_VIDEOS") or ROOT.parent / "shared" / "videos")
    assert (folder / "index.csv").exists(), f"no test videos in {folder}; set CLAPPER_TEST_VIDEOS to their folder"
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint by the name of its architecture (`tests.tiny`), written when it is first asked for."""
    folder = tmp_path_factory.mktemp("tiny")

    @cache
    def written(name: str) -> Path:
        from tests import tiny  # loads torch

        return tiny.write(name, folder)

    return written


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.database)
    yield opened
    opened.close()

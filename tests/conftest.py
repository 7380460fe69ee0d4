"""What every test may ask for: the real videos, a data folder, an open store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from db.session import Store, open_store
from settings import Settings

ROOT = Path(__file__).parent.parent

collect_ignore = [] if os.environ.get("CLAPPER_TEST_SGLANG") else ["sglang"]
"""A real sglang server needs an environment of its own; `make test-sglang` sets it up and says so."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that workers end together: real processes that are killed, then browsers."""
    items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ("kills", "browser")])


def _told() -> dict[str, str]:
    """What the surroundings say to Clapper and to what loads weights for it."""
    return {name: value for name, value in os.environ.items() if name.startswith(("CLAPPER_", "EASYOCR_", "HF_ENDPOINT"))}


TOLD = _told()


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A variable that outlives its module would answer for a model where the next one expects nobody to."""
    yield
    assert _told() == TOLD


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


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row. A copy is there at once, where migrations take a tenth of a second each time."""
    path = tmp_path_factory.mktemp("empty") / "clapper.db"
    open_store(path).close()
    return path


@pytest.fixture
def store(settings: Settings, empty: Path) -> Iterator[Store]:
    settings.data.mkdir(parents=True)
    shutil.copy(empty, settings.database)
    opened = open_store(settings.database)
    yield opened
    opened.close()

"""The models folder of all scorers' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tiny ones."""
    from tests.support import weights  # loads torch

    return weights.fill(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def models_folder(networks: Path) -> Iterator[Path]:
    """The same folder, and the one that is looked into."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAPPER_MODELS", str(networks))
        yield networks

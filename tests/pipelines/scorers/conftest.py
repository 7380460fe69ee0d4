"""The models folder of all scorers' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Filled with tiny networks, and the one that is looked into."""
    from tests.support import weights  # loads torch

    with pytest.MonkeyPatch.context() as patch:
        folder = weights.fill(tmp_path_factory.mktemp("models"))
        patch.setenv("CLAPPER_MODELS", str(folder))
        yield folder

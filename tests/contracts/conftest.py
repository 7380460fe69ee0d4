"""Clips of made videos, different enough that results cannot be mixed up unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.records import Material
from tests.support import craft
from tests.support import weights as networks
from tests.support.chat_server import serving
from tests.support.moves import film, still, view
from tests.support.scans import material, scan_file

WORDS = "SPRING SALE"


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of easyocr and of all other networks, filled with tiny ones."""
    return craft.write(tmp_path_factory.mktemp("weights")), networks.fill(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module", autouse=True)
def surroundings(weights: tuple[Path, Path]) -> Iterator[None]:
    """A stage that needs weights finds some where it looks; one that asks a model is told what it shows."""
    readers, models = weights
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EASYOCR_MODULE_PATH", str(readers))
        patch.setenv("CLAPPER_MODELS", str(models))
        patch.setenv("CLAPPER_SERVER", server.url)
        yield


@pytest.fixture(scope="session")
def materials(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Material]:
    """A title card, a pan over a lawn, a plain grey."""
    folder = tmp_path_factory.mktemp("materials")
    lawn = still(videos / "sam2__05_default_juggle.mp4")
    card = np.full((360, 640, 3), (90, 60, 30), np.uint8)
    cv2.putText(card, WORDS, (90, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 255, 255), 5)
    films = {
        "card": [card] * 12,
        "lawn": [view(lawn, index / 10, pan=0.1) for index in range(15)],
        "grey": [np.full((360, 640, 3), 128, np.uint8)] * 18,
    }
    found = [
        scan_file(film(folder / f"{name}.mp4", pictures), folder / "clips", min_s=1, max_s=2, sheet_px=320)
        for name, pictures in films.items()
    ]
    assert [len(one.clips) for one in found] == [1, 1, 1]
    return [material(one.clips[0]) for one in found]

"""EasyOCR: the networks CRAFT, which finds text, and a reader. Their weights are not in its package and not fetched here."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from pipelines.backends import torchvision_shim
from pipelines.errors import Fatal

torchvision_shim.install()

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import easyocr
    import torch

FINDER = "craft_mlt_25k.pth"
READERS = {"zh_sim_g2.pth": ["ch_sim", "en"], "english_g2.pth": ["en"]}
"""Weights of the readers and what they read; the first that is there is taken."""
SOURCE = "https://www.jaided.ai/easyocr/modelhub"


def folder() -> Path:
    """Where the weights belong, as EasyOCR itself says."""
    base = os.environ.get("EASYOCR_MODULE_PATH") or os.environ.get("MODULE_PATH") or "~/.EasyOCR"
    return Path(base).expanduser() / "model"


def open_reader(*, words: bool) -> Any:
    """EasyOCR's `Reader`, one that reads or one that only finds text. Raises `Fatal` when weights are missing or altered."""
    place = folder()
    reader = next((name for name in READERS if (place / name).exists()), "english_g2.pth")
    needed = [FINDER, reader] if words else [FINDER]
    missing = [name for name in needed if not (place / name).exists()]
    if missing:
        raise Fatal(
            f"EasyOCR's weights are not here: put {' and '.join(missing)} from {SOURCE} into {place}, "
            "or take the detector rapidocr, which brings its own"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return easyocr.Reader(
                READERS[reader],
                gpu=torch.cuda.is_available(),
                model_storage_directory=str(place),
                user_network_directory=str(place),
                download_enabled=False,
                recognizer=words,
                verbose=False,
            )
    except FileNotFoundError:  # it compares checksums, and with downloads allowed would delete what does not match
        raise Fatal(f"EasyOCR's weights in {place} are not the published ones; fetch {' and '.join(needed)} again") from None


def find(reader: Any, picture: Any) -> tuple[list[list[int]], list[Any]]:
    """Upright boxes (left, right, top, bottom) and free quadrilaterals (four points each) of text in a BGR picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upright, free = reader.detect(picture)
    return upright[0], free[0]


def read(reader: Any, picture: Any) -> list[tuple[Any, str, float]]:
    """Four points, words and confidence of each line in a BGR picture."""
    with warnings.catch_warnings():  # about pinned memory where there is no GPU
        warnings.simplefilter("ignore")
        found: list[tuple[Any, str, float]] = reader.readtext(picture, workers=0)
    return found

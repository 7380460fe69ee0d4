"""EasyOCR: the networks CRAFT, which finds text, and a reader. Their weights are not in its package and not fetched here."""

from __future__ import annotations

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


def open_reader(place: Path, languages: list[str], *, words: bool) -> Any:
    """EasyOCR's `Reader` on the weights in `place`, one that reads or one that only finds text.

    Raises `Fatal` when the weights are not the published ones.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return easyocr.Reader(
                languages,
                gpu=torch.cuda.is_available(),
                model_storage_directory=str(place),
                user_network_directory=str(place),
                download_enabled=False,
                recognizer=words,
                verbose=False,
            )
    except FileNotFoundError:  # it compares checksums, and with downloads allowed would delete what does not match
        raise Fatal(f"EasyOCR's weights in {place} are not the published ones; fetch them again") from None


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

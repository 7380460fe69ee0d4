"""EasyAnimate's text score: the middle frame alone, what is detected there, slanted or upright, every pixel once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from pipelines.records import Material, Sheet
from pipelines.scan import sheet
from pipelines.scan.shrink import Image
from pipelines.scorers.ocr import choices
from pipelines.scorers.text_easyanimate import TextEasyAnimate
from tests.support import craft

LIMIT = 0.02


@pytest.fixture(scope="module", params=choices())
def scorer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextEasyAnimate]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EASYOCR_MODULE_PATH", str(craft.write(tmp_path_factory.mktemp("easyocr"), reader=False)))
        made = TextEasyAnimate(detector=request.param)
        made.setup()
    yield made
    made.close()


def card(words: str, *, turned: float = 0) -> Image:
    picture = np.zeros((180, 320, 3), np.uint8)
    cv2.putText(picture, words, (30, 100), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 3)
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D((160, 90), turned, 1), (320, 180))


def measure(scorer: TextEasyAnimate, folder: Path, *pictures: Image) -> float:
    sheet.write([sheet.Tile(i, float(i), picture) for i, picture in enumerate(pictures)], folder)
    seen = Sheet(str(folder / "sheet.jpg"), tuple(map(float, range(len(pictures)))), (320, 180))
    (measured,) = scorer.process([Material(None, seen)])  # type: ignore[arg-type]
    (score,) = measured.scores
    assert score.value is not None
    return score.value


def test_only_the_middle_frame_counts(scorer: TextEasyAnimate, tmp_path: Path) -> None:
    nothing, words = np.zeros((180, 320, 3), np.uint8), card("GRAND OPENING")
    assert measure(scorer, tmp_path, words, nothing, words) == 0
    assert measure(scorer, tmp_path, nothing, words, nothing) > 2 * LIMIT
    assert measure(scorer, tmp_path, nothing) == 0


def test_slanted_text_counts_like_upright_text(scorer: TextEasyAnimate, tmp_path: Path) -> None:
    upright, slanted = (measure(scorer, tmp_path, card("SUMMER SALE", turned=angle)) for angle in (0, 20))
    assert upright > 2 * LIMIT
    assert slanted > 0.5 * upright


def test_an_unknown_detector_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="no text detector 'magic'; known: easyocr, rapidocr"):
        TextEasyAnimate(detector="magic")

"""What every reader of text keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipelines.errors import Fatal
from pipelines.scan.shrink import Image
from pipelines.scorers.ocr import OCR, Reader, choices
from pipelines.scorers.text import covered
from tests.support import craft


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = craft.write(tmp_path_factory.mktemp("easyocr"))
        patch.setenv("EASYOCR_MODULE_PATH", str(folder))
        yield folder


@pytest.fixture(scope="module", params=choices())
def reader(request: pytest.FixtureRequest, weights: Path) -> Reader:
    return OCR[request.param](words=True)


@pytest.fixture(scope="module")
def card() -> Image:
    picture = np.zeros((180, 320, 3), np.uint8)
    cv2.putText(picture, "HELLO WORLD", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    cv2.putText(picture, "LIVE 24", (200, 160), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    return picture


def share_inside(polygons: list[object], box: tuple[int, int, int, int], shape: tuple[int, int]) -> float:
    """How much of a box (left, top, right, bottom) the polygons cover."""
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.round(np.asarray(polygon)).astype(np.int32)], 1)
    left, top, right, bottom = box
    return float(mask[top:bottom, left:right].mean())


def test_text_is_found_where_it_is(reader: Reader, card: Image) -> None:
    found = reader.find(card)
    assert share_inside(found, (25, 38, 240, 57), (180, 320)) > 0.8
    assert share_inside(found, (205, 146, 285, 159), (180, 320)) > 0.8
    assert 0.05 < covered(found, (180, 320)) < 0.3


def test_nothing_is_found_where_there_is_none(reader: Reader) -> None:
    assert reader.find(np.zeros((90, 160, 3), np.uint8)) == []
    assert reader.read(np.zeros((90, 160, 3), np.uint8)) == []


def test_lines_have_a_place_and_a_confidence_and_come_from_top_to_bottom(reader: Reader, card: Image) -> None:
    lines = reader.read(card)
    assert lines
    tops = [min(float(y) for _, y in line.polygon) for line in lines]
    assert tops == sorted(tops)
    assert all(isinstance(line.text, str) and 0 <= line.sure <= 1 for line in lines)
    if reader.name == "rapidocr":  # the other's weights read noise
        assert [line.text for line in lines] == ["HELLO WORLD", "LIVE 24"]


def test_finding_then_reading_then_finding_is_the_same(reader: Reader, card: Image) -> None:
    """An engine keeps no setting from one call to the next."""
    first = reader.find(card)
    reader.read(card)
    assert np.allclose(np.asarray(first, float), np.asarray(reader.find(card), float))


def test_slanted_text_is_found_by_easyocr(weights: Path, card: Image) -> None:
    turn = cv2.getRotationMatrix2D((130, 50), 25, 1.0)
    slanted = cv2.warpAffine(card[:90], turn, (320, 180))
    polygons = OCR["easyocr"](words=False).find(slanted)
    upright = [polygon for polygon in polygons if len({float(x) for x, _ in polygon}) == 2]
    assert len(upright) < len(polygons)
    assert covered(polygons, (180, 320)) > 0.03


def test_missing_weights_are_named_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASYOCR_MODULE_PATH", str(tmp_path))
    with pytest.raises(
        Fatal, match=r"put craft_mlt_25k\.pth and english_g2\.pth from https.* into .*model, or take"
    ) as error:
        OCR["easyocr"](words=True)
    assert str(tmp_path / "model") in str(error.value)
    with pytest.raises(Fatal, match=r"put craft_mlt_25k\.pth from"):
        OCR["easyocr"](words=False)


def test_altered_weights_are_refused_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASYOCR_MODULE_PATH", str(tmp_path))
    file = tmp_path / "model" / "craft_mlt_25k.pth"
    file.parent.mkdir()
    file.write_bytes(b"not these")
    with pytest.raises(Fatal, match="are not the published ones"):
        OCR["easyocr"](words=False)
    assert file.read_bytes() == b"not these"


def test_without_its_packages_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Fatal, match=r"needs torch and torchvision and easyocr, not installed here; run `make models`"):
        OCR["easyocr"](words=True)

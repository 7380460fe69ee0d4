"""Text on screen: the area is a union, whichever way the text is turned, and the words are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, pi, sin
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.records import Fact, Material, Measured, Sheet
from pipelines.scan import sheet
from pipelines.scan.shrink import Image
from pipelines.scorers.ocr import Line
from pipelines.scorers.text import Text, covered, facts, is_writing, overlays, spread
from tests.support.moves import still
from tests.support.scans import Scanned, material

FRAME = (90, 160)
"""Height and width."""


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


@pytest.mark.parametrize(
    ("polygons", "pixels"),
    [
        ([], 0),
        ([box(0, 0, 159, 89)], 160 * 90),
        ([box(10, 10, 29, 19)], 20 * 10),
        ([box(10, 10, 29, 19)] * 3, 20 * 10),  # one line found three times
        ([box(10, 10, 29, 19), box(20, 10, 39, 19)], 30 * 10),  # overlapping by half
        ([box(10, 10, 29, 19), box(50, 10, 69, 19)], 2 * 20 * 10),
        ([box(-50, -50, 9, 9)], 10 * 10),  # beyond the picture nothing is covered
    ],
)
def test_overlaps_count_once(polygons: list[np.ndarray], pixels: int) -> None:
    assert covered(polygons, FRAME) == pytest.approx(pixels / (160 * 90))


@given(st.floats(0, pi))
def test_turned_text_covers_what_it_covers(angle: float) -> None:
    """Its own area, not that of the upright box around it."""
    turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    turned = (box(-300, -50, 300, 50) @ turn.T) + (800, 450)
    assert covered([turned], (900, 1600)) == pytest.approx(600 * 100 / (1600 * 900), rel=0.03)


@pytest.mark.parametrize(
    ("text", "height", "counts"),
    [("O", 0.8, False), ("日", 0.31, False), ("A", 0.2, True), ("SALE", 0.9, True), (" O ", 0.5, False)],
)
def test_one_huge_character_is_a_thing_not_writing(text: str, height: float, counts: bool) -> None:
    assert is_writing(text, height) is counts


@pytest.mark.parametrize(
    ("count", "chosen"), [(1, [5]), (2, [2, 7]), (3, [1, 5, 8]), (10, list(range(10))), (99, list(range(10)))]
)
def test_frames_are_chosen_evenly(count: int, chosen: list[int]) -> None:
    assert spread(list(range(10)), count) == chosen  # type: ignore[arg-type,comparison-overlap]


@pytest.fixture(scope="module")
def scorer() -> Iterator[Text]:
    text = Text()
    text.setup()
    yield text
    text.close()


@pytest.fixture
def read(scorer: Text, tmp_path: Path) -> Callable[..., tuple[float, str]]:
    """Area and words of pictures on one sheet."""

    def measure(*pictures: Image) -> tuple[float, str]:
        height, width = pictures[0].shape[:2]
        sheet.write([sheet.Tile(i, float(i), picture) for i, picture in enumerate(pictures)], tmp_path)
        found = Sheet(str(tmp_path / "sheet.jpg"), tuple(map(float, range(len(pictures)))), (width, height))
        (measured,) = scorer.process([Material(None, found)])  # type: ignore[arg-type]
        return results(measured)

    return measure


def results(measured: Measured) -> tuple[float, str]:
    score = measured.scores[0]
    assert score.name == "text" and score.value is not None
    return score.value, "".join(fact.text for fact in measured.facts if fact.name == "words")


def picture(path: Path) -> Image:
    """As a viewer shows it: turned as its EXIF says, on white."""
    data = np.fromfile(path, np.uint8)
    shown = cv2.imdecode(data, cv2.IMREAD_UNCHANGED if path.suffix == ".png" else cv2.IMREAD_COLOR)
    if shown.ndim == 3 and shown.shape[2] == 4:
        alpha = shown[..., 3:] / 255
        shown = (shown[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    shown = shown if shown.ndim == 3 else cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR)
    scale = min(1.0, 1280 / shown.shape[1])
    return cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tesseract__HelloGoogle.tif", "Hello Google"),
        ("rapidocr__img_exif_orientation.jpg", "我是中国人"),
        ("rapidocr__black_font_color_transparent.png", "我是中国人"),
        (
            "rapidocr__en.jpg",
            "collect MovieShots, a large-scale, shot type annotation set that contains 46K shots from 7858 movies",
        ),
        ("pytesseract__test.png", "The quick brown dog jumped over the"),
    ],
)
def test_pictures_of_text_are_read(name: str, words: str, videos: Path, read: Callable[..., tuple[float, str]]) -> None:
    area, found = read(picture(videos / "ocr_images" / name))
    assert words in found
    assert area > 0.1


def test_the_area_is_that_of_the_boxes_drawn_by_hand(videos: Path, read: Callable[..., tuple[float, str]]) -> None:
    area, found = read(picture(videos / "ocr_images" / "easyocr__chinese.jpg"))
    assert area == pytest.approx(0.2116, rel=0.1)
    assert set(found.split(", ")) == {"愚园路", "西", "东", "315", "309", "Yuyuan Rd.", "W", "E"}


def test_no_text_is_zero_and_not_missing(videos: Path, read: Callable[..., tuple[float, str]]) -> None:
    assert read(picture(videos / "ocr_images" / "rapidocr__empty_black.jpg")) == (0, "")
    assert read(still(videos / "sam2__05_default_juggle.mp4"))[0] < 0.005


def test_the_frame_with_most_text_counts_and_a_line_is_quoted_once(
    videos: Path, read: Callable[..., tuple[float, str]]
) -> None:
    card = picture(videos / "ocr_images" / "tesseract__HelloGoogle.tif")
    alone = read(card)
    assert read(np.full_like(card, 255), card, card)[1] == alone[1] == "Hello Google"
    assert read(np.full_like(card, 255), card, card)[0] == pytest.approx(alone[0], rel=0.02)


def line(text: str, left: float, top: float, width: float = 60, height: float = 12) -> Line:
    return Line(box(left, top, left + width, top + height), text, 0.9)


@pytest.mark.parametrize(
    ("frames", "over"),
    [
        ([["NEWS"], ["NEWS"], ["NEWS"]], ["NEWS"]),
        ([["NEWS"], ["NEW5"], []], ["NEWS", "NEW5"]),  # misread once, covered once
        ([["NEWS"], [], []], []),
        ([["NEWS"], ["NEWS"], [], []], []),  # half is not most
        ([["NEWS"]], []),  # one frame cannot tell
        ([["Good morning"], ["Not at all"], ["So what"]], []),
        ([[], [], []], []),
    ],
)
def test_what_most_frames_show_in_one_place_lies_over_the_film(frames: list[list[str]], over: list[str]) -> None:
    found = overlays([[line(text, 40, 70) for text in texts] for texts in frames], FRAME)
    assert [len(lines) for lines in found] == [len(texts) * bool(over) for texts in frames]
    assert list(dict.fromkeys(one.text for lines in found for one in lines)) == over


def test_signs_without_a_letter_are_no_words() -> None:
    """What is left of a script that the engine cannot read."""
    assert list(facts(words=[[line(" ,  ", 0, 0)], [line("...", 0, 0)]])) == []
    assert list(facts(words=[[line(" , ", 0, 0), line("明日", 0, 20)], [line("4:3", 0, 0)]])) == [Fact("words", "明日, 4:3")]


@pytest.mark.parametrize(("moved", "over"), [(0, True), (1, True), (10, False)])
def test_writing_that_moves_is_of_the_scene(moved: float, over: bool) -> None:
    """A pixel more each time is a trembling detector; the diagonal is 184."""
    found = overlays([[line("EXIT", 10 + moved * index, 30)] for index in range(3)], FRAME)
    assert any(found) is over


def test_a_title_over_a_moving_sign(scorer: Text, tmp_path: Path) -> None:
    pictures = []
    for index in range(3):
        picture = np.full((360, 640, 3), (90, 60, 30), np.uint8)
        cv2.putText(picture, "BAKERY", (30 + 150 * index, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 4)
        cv2.putText(picture, "CHANNEL SEVEN", (60, 330), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 4)
        pictures.append(sheet.Tile(index, float(index), picture))
    sheet.write(pictures, tmp_path)
    (measured,) = scorer.process([Material(None, Sheet(str(tmp_path / "sheet.jpg"), (0.0, 1.0, 2.0), (640, 360)))])  # type: ignore[arg-type]
    whole, over, scene = (float(score.value or 0) for score in measured.scores)
    assert {fact.name: fact.text for fact in measured.facts} == {
        "words": "BAKERY, CHANNEL SEVEN",
        "words_overlay": "CHANNEL SEVEN",
    }
    assert 0.02 < scene < over < whole
    assert whole == pytest.approx(over + scene, rel=0.05)


def test_an_unknown_detector_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="no text detector 'magic'; known: easyocr, rapidocr"):
        Text(detector="magic")


def test_a_title_and_a_flower(scanned: Callable[[str], Scanned], scorer: Text) -> None:
    (title,) = scorer.process([material(clip) for clip in scanned("gradio__a.mp4").clips])
    area, words = results(title)
    assert words == "THANKS FOR WATCHING"
    assert 0.02 < area < 0.1
    for flower in scorer.process([material(clip) for clip in scanned("shared-assets__flower.webm").clips]):
        assert results(flower) == (0, "")


def test_titles_over_a_film_are_read(scanned: Callable[[str], Scanned], scorer: Text) -> None:
    clips = scanned("moviepy__trailer_bbb.mp4").clips
    at = [next(clip for clip in clips if clip.clip.start_s <= second < clip.clip.end_s) for second in (6, 18, 28)]
    words = [results(measured)[1] for measured in scorer.process([material(clip) for clip in at])]
    assert "Peach Project presents" in words[0]
    assert "A (slightly overweight) bunny" in words[1]
    assert words[2] == ""

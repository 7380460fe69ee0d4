"""Words are wrapped, made to fit, and none is ever lost."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from pipelines import lettering
from pipelines.lettering import SIZES, draw, fit, pages

WORDS = "A man in a red coat walks a small dog along the river while the evening light fades. " * 3
CHINESE = "一个由橙红色积木搭成的小机器人站在棕色的桌面上，蓝色的传感器头左右转动。" * 4
MIXED = "A robot 小机器人 turns.\nThen 它 stops at 9:41!"
LONG_WORD = "x" * 400 + " end"


def joined(lines: tuple[str, ...]) -> str:
    return re.sub(r"\s+", "", "".join(lines))


@pytest.mark.parametrize("text", [WORDS, CHINESE, MIXED, LONG_WORD, "", "one"])
@pytest.mark.parametrize("width", [180, 620])
def test_every_sign_stays_and_no_line_is_too_wide(text: str, width: int) -> None:
    laid = fit(text, width=width, height=300)
    assert joined(laid.lines) == re.sub(r"\s+", "", text)
    assert all(lettering._width(line, laid.size_px, laid.font) <= width for line in laid.lines)


def test_letters_are_as_large_as_fits() -> None:
    sizes = [fit(WORDS, width=600, height=height).size_px for height in (1000, 160, 90)]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] == SIZES[0] and sizes[-1] < sizes[0]


def test_what_does_not_fit_on_one_page_goes_on_the_next() -> None:
    found = pages(WORDS * 12, width=400, height=120)
    assert len(found) > 3
    assert all(page.height_px <= 120 + page.size_px for page in found)
    assert joined(tuple(line for page in found for line in page.lines)) == re.sub(r"\s+", "", WORDS * 12)


def test_words_are_drawn_within_their_lines() -> None:
    laid = fit("gjpqy ÅÄ", width=300, height=60)
    picture = Image.new("RGB", (320, 100))
    draw(picture, laid, at=(10, 20), colour=(255, 255, 255))
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    assert left >= 10 and right <= 312 and top >= 18 and bottom <= 20 + laid.height_px, "no tail is cut"


def test_it_is_said_when_no_font_has_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "find", lambda names: None)
    assert lettering.lacks_letters(CHINESE) and lettering.lacks_letters(MIXED) and not lettering.lacks_letters(WORDS)
    monkeypatch.setattr(lettering, "find", lambda names: "font.ttc" if names == lettering.WIDE else None)
    assert not lettering.lacks_letters(CHINESE) and lettering.font_for(CHINESE) == "font.ttc"
    assert lettering.font_for(WORDS) is None

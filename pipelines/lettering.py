"""Words on a picture: wrapped to a width, as large as fits, never cut; Chinese and its like where a font is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts"),
)
PLAIN = ("DejaVuSans", "NotoSans-Regular", "LiberationSans-Regular", "Arial", "Helvetica")
WIDE = ("NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy", "DroidSansFallback", "PingFang", "Hiragino", "unifont")
"""Names of font files that hold what the others lack, the best first."""
NEEDS_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
SIZES = (30, 26, 23, 20, 18, 16, 14)
LEADING = 1.3


@dataclass(frozen=True, slots=True)
class Lines:
    """Text that was laid out: its lines, the size of its letters in pixels, and what it needs to be drawn."""

    lines: tuple[str, ...]
    size_px: int
    font: str | None

    @property
    def height_px(self) -> int:
        return round(len(self.lines) * self.size_px * LEADING)


def font_for(text: str) -> str | None:
    """The file of a font that has the letters of this text; None for the one that comes with Pillow."""
    return find(WIDE) or find(PLAIN) if NEEDS_WIDE.search(text) else find(PLAIN)


def lacks_letters(text: str) -> bool:
    """It has Chinese, Japanese or Korean in it, and no font on this machine does."""
    return NEEDS_WIDE.search(text) is not None and find(WIDE) is None


@cache
def find(names: tuple[str, ...]) -> str | None:
    """The first font file on this machine whose name begins so; the plainest of a family has the shortest name."""
    files = [path for folder in FOLDERS for path in Path(folder).expanduser().rglob("*.[to]t[fc]")]
    plainest = sorted(files, key=lambda path: (len(path.name), path))
    found = (path for name in names for path in plainest if path.name.lower().startswith(name.lower()))
    return next((str(path) for path in found), None)


def fit(text: str, *, width: int, height: int, sizes: Sequence[int] = SIZES) -> Lines:
    """The text in the largest letters with which it fits; in the smallest ones where it does not fit at all."""
    font = font_for(text)
    for size in sizes:
        laid = Lines(tuple(_wrapped(text, width, size, font)), size, font)
        if laid.height_px <= height:
            return laid
    return laid


def pages(text: str, *, width: int, height: int) -> list[Lines]:
    """The text on as many pages of this height as it takes, mostly one."""
    whole = fit(text, width=width, height=height)
    most = max(1, int(height / (whole.size_px * LEADING)))
    parts = [whole.lines[start : start + most] for start in range(0, len(whole.lines), most)]
    return [Lines(part, whole.size_px, whole.font) for part in parts] or [whole]


def draw(picture: Image.Image, laid: Lines, *, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Write the lines onto the picture, from its point `at` downwards."""
    pen, (left, top) = ImageDraw.Draw(picture), at
    for number, line in enumerate(laid.lines):
        pen.text((left, top + round(number * laid.size_px * LEADING)), line, colour, _font(laid.font, laid.size_px))


def _wrapped(text: str, width: int, size: int, font: str | None) -> Iterator[str]:
    for paragraph in text.strip().splitlines() or [""]:
        line = ""
        for piece in _pieces(paragraph, width, size, font):
            if line and _width(line + piece.rstrip(), size, font) > width:
                yield line.rstrip()
                line = piece.lstrip()
            else:
                line += piece
        yield line.rstrip()


def _pieces(paragraph: str, width: int, size: int, font: str | None) -> Iterator[str]:
    """What may not be divided: words with the space behind them, single wide signs; a word wider than a line in letters."""
    for word in re.findall(rf"{NEEDS_WIDE.pattern}\s*|(?:(?!{NEEDS_WIDE.pattern})\S)+\s*|\s+", paragraph):
        yield from [word] if _width(word.rstrip(), size, font) <= width else word


def _width(text: str, size: int, font: str | None) -> float:
    return float(_font(font, size).getlength(text))


@lru_cache(maxsize=64)
def _font(path: str | None, size: int) -> Any:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)

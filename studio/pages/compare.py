"""Compare: captions of one clip side by side, and who is the stronger over all votes."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("compare_board", studio.words)
    widget("compare_standings", studio.words)


PAGE = Page(
    "compare.title",
    "/compare",
    order=40,
    build=build,
    keys=(
        ("1 2 …", "compare.keys.best"),
        ("0", "compare.keys.equal"),
        ("-", "compare.keys.all_bad"),
        ("Q W E R T", "compare.keys.reasons"),
        ("Z", "compare.keys.undo"),
        ("D", "compare.keys.differences"),
        ("Space", "compare.keys.play"),
        ("J K L", "compare.keys.shuttle"),
        (", .", "compare.keys.frame"),
        ("← →", "compare.keys.second"),
    ),
)

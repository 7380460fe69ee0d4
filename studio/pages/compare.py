"""Compare: captions of one clip side by side, and who is the stronger over all votes."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("compare_board")
    widget("compare_standings")


PAGE = Page(
    "Compare",
    "/compare",
    order=40,
    build=build,
    keys=(
        ("1 2 …", "this caption is the best"),
        ("0", "equal"),
        ("-", "all bad"),
        ("Q W E R T", "reasons, before the choice; optional"),
        ("Z", "undo the last vote"),
        ("D", "mark differences from another column, or from none"),
        ("Space", "play or pause"),
        ("J K L", "back, pause, forward; again for faster"),
        (", .", "one frame back, one frame on"),
        ("← →", "one second back or on"),
    ),
)

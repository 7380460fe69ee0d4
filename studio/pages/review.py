"""Review: watch a clip, read its caption, accept it, change it or refuse it."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("review_desk")


PAGE = Page(
    "Review",
    "/review",
    order=30,
    build=build,
    keys=(
        ("A", "accept, and on to the next clip"),
        ("X", "reject; then the digit of a reason"),
        ("E", "edit the caption"),
        ("Ctrl Enter", "save the edit and accept"),
        ("Esc", "leave the editor or the reasons; a draft is kept"),
        ("S", "skip: the clip comes again at the end"),
        ("Z", "undo the last decision"),
        ("Space", "play or pause"),
        ("J K L", "back, pause, forward; again for faster"),
        (", .", "one frame back, one frame on"),
        ("← →", "one second back or on"),
    ),
)

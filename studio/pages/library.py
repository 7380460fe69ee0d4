"""Library: all clips, what they have in common, and the rules that keep or drop them."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("library")


PAGE = Page(
    "Library",
    "/library",
    order=20,
    build=build,
    keys=(
        ("/", "search"),
        ("← ↑ → ↓", "from clip to clip, in the grid and in an opened clip"),
        ("Enter", "open the clip"),
        ("X", "select the clip; Shift and a click select a stretch"),
        ("Esc", "close it"),
    ),
)

"""Library: all clips, what they have in common, and the rules that keep or drop them."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("library", studio.words)


PAGE = Page(
    "library.title",
    "/library",
    order=20,
    build=build,
    keys=(
        ("/", "library.keys.search"),
        ("← ↑ → ↓", "library.keys.move"),
        ("Enter", "library.keys.open"),
        ("X", "library.keys.select"),
        ("Esc", "library.keys.close"),
    ),
)

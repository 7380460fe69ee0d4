"""Review: watch a clip, read its caption, accept it, change it or refuse it."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("review_desk", studio.words)


PAGE = Page("review.title", "/review", order=30, build=build)
"""Its keys are told by its script (`scripts/keymap.js`): each person may change them."""

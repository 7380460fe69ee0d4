"""Review: watch a clip, read its caption, accept it, change it or refuse it."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("review_desk")


PAGE = Page("Review", "/review", order=30, build=build)
"""Its keys are told by its script (`scripts/keymap.js`): each person may change them."""

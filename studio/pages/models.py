"""Models: which there are, which are here, who would answer, and what to copy where."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("models", studio.words)


PAGE = Page("models.title", "/models", order=95, build=build)

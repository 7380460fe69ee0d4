"""Insights: how fast, how well and by whom; how scores and captions lie, and how all of it drifts."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("insights", studio.words)


PAGE = Page("insights.title", "/insights", order=70, build=build)

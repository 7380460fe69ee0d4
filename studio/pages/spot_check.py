"""Spot check: decide a lot by looking at a few of its clips, and see how far reviewers agree."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("spot_check", studio.words)
    widget("second_looks", studio.words)


PAGE = Page("spot_check.title", "/spot", order=50, build=build)

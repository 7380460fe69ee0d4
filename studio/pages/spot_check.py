"""Spot check: decide a lot by looking at a few of its clips, and see how far reviewers agree."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("spot_check")
    widget("second_looks")


PAGE = Page("Spot check", "/spot", order=50, build=build)

"""Admin: who may do what, who reviews what, and who did what."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("admin", studio.words)


PAGE = Page("admin.title", "/admin", order=100, build=build, least="lead")

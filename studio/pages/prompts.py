"""Prompts: what models are asked, version by version, and how the captions fared that came of it."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(_studio: Studio) -> None:
    widget("prompts")


PAGE = Page("Prompts", "/prompts", order=60, build=build)

"""Prompts: what models are asked, version by version, and how the captions fared that came of it."""

from __future__ import annotations

from studio.page import Page, Studio
from studio.widget import widget


def build(studio: Studio) -> None:
    widget("prompts", studio.words)


PAGE = Page("prompts.title", "/prompts", order=60, build=build)

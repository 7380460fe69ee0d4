"""What axe-core finds on the desk: contrast, names, roles, focus. Light and dark, at every speed."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from db import notes
from db.models import Check
from db.notes import Remark
from db.session import Store
from settings import Settings
from tests.support import live
from tests.support.library import Made, add_clip, make_pictures

pytestmark = pytest.mark.browser

OPTIONS = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
NOT_OURS = {"region", "landmark-one-main", "page-has-heading-one", "meta-viewport"}
"""About Gradio's document around the desk."""
STEPS = (("?speed=triage", ""), ("?speed=claims", "w"), ("?speed=full", "hm"), ("", "<x"), ("", "<?"))
"""Where to go, if anywhere, and the keys that open something there; < is Escape."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, settings: Settings, store: Store, scheme: str) -> None:
    with store.write() as session:
        for text in ("A ball rolls at 0:01. A dog barks.", "Two."):
            make_pictures(settings, add_clip(session, Made(text)))
        found = [{"text": "A ball rolls at 0:01.", "value": 0.3, "verdict": "contradicted", "note": ""}]
        found.append({"text": "A dog barks.", "value": None, "verdict": "not_visible", "note": "no dog"})
        session.add(
            Check(caption_id=1, stage="s", digest="d", model="m", mean=0.2, low=0.1, sentences=found, created_at=1.0)
        )
        notes.write(session, Remark("k1", 1, "flag"), "ann")
        notes.write(session, Remark("k2", 1, "note", "look", at_s=1.0), "ann")
    colors = "dark" if scheme == "dark" else "light"
    with (
        live.serving(settings, store) as address,
        live.looking(browser, color_scheme=colors, reduced_motion="reduce") as context,
    ):
        page = context.new_page()
        for query, keys in STEPS:
            if query:
                page.goto(f"{address}/review{query}")
                page.wait_for_selector(".review-desk[data-clip], .review-desk .tile")
            for key in keys:
                page.keyboard.press("Escape" if key == "<" else key)
            found = Axe().run(page, options=OPTIONS).response
            told = [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"] if one["id"] not in NOT_OURS]
            assert told == [], f"{query}, after {keys!r}"
            assert len(found["passes"]) > 10

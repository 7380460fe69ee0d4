"""The Re-run page in a real browser: the form of one method at a time, and prompts by name or in one's own words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_method_shows_its_own_settings_and_takes_own_words(page: Page, studio: str) -> None:
    page.goto(f"{studio}/rerun")
    expect(page.locator(".settings summary")).to_have_text(["Video"])
    page.get_by_label("Prompt", exact=True).select_option("in your own words …")
    page.get_by_label("Prompt in your own words").fill("What happens?\nBe brief.")
    expect(page.locator("#start-rerun code")).to_contain_text("What happens?")
    page.get_by_label("Method").click()
    page.get_by_role("option", name="tidy").click()
    expect(page.locator(".settings summary")).to_have_text(["Tidy"])
    expect(page.locator("#start-rerun code")).to_have_text("python app.py rerun --method tidy")
    page.get_by_label("Method").click()
    page.get_by_role("option", name="video", exact=True).click()
    expect(page.get_by_label("Prompt in your own words")).to_have_value("What happens?\nBe brief.")
    expect(page.locator("#start-rerun code")).to_contain_text("What happens?")

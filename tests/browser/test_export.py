"""The Export page in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from db import exports
from db.session import Store
from settings import Settings
from tests.support.library import Made, add_clip

pytestmark = pytest.mark.browser

PAYLOAD = "${Object.assign(window,{hit:1})}<img src=x onerror='window.hit=1'>"
EXPORT, STATE = "#start-export [data-act=export]", "#start-export .state"


@pytest.fixture
def library(store: Store) -> None:
    with store.write() as session:
        add_clip(session, Made(text=f"Accepted: {PAYLOAD}", review="accepted"))
        add_clip(session, Made(text="Kept by the rules"))
        add_clip(session, Made(text="Dropped", verdict="dropped"))


def test_nothing_to_export_is_said(page: Page, studio: str) -> None:
    page.goto(f"{studio}/export")
    expect(page.locator("#start-export .nothing")).to_contain_text("accept some in Review")
    expect(page.locator(EXPORT)).to_be_disabled()
    expect(page.locator("#export-list .empty")).to_contain_text("Nothing has been exported yet")


def test_what_would_leave_is_shown_and_counted(page: Page, studio: str, library: None) -> None:
    page.goto(f"{studio}/export")
    expect(page.get_by_label("Accepted by a person · 1")).to_be_checked()
    expect(page.locator("#start-export pre")).to_contain_text("Accepted: ${Object")
    expect(page.locator("#start-export pre")).not_to_contain_text("Kept by the rules")
    page.get_by_label("Accepted, and kept by the rules · 2").check()
    expect(page.locator("#start-export pre")).to_contain_text("Kept by the rules")
    expect(page.get_by_label("Everything with a caption that nobody rejected · 3")).to_be_visible()
    assert page.evaluate("window.hit") is None


def test_an_export_from_the_form_to_its_end(
    page: Page, studio: str, library: None, settings: Settings, store: Store
) -> None:
    page.goto(f"{studio}/export")
    page.get_by_label("Folder").fill("../out")
    page.locator(EXPORT).click()
    expect(page.locator(STATE)).to_contain_text("no plain folder name")
    page.get_by_label("Folder").fill("my pairs")
    page.locator(".label-wrap", has_text="Options").click()
    page.get_by_label("Keep the sound").check()
    page.locator(EXPORT).click()
    expect(page.locator(STATE)).to_have_text("The export is queued.")
    card = page.locator(".export")
    expect(card.locator(".title")).to_have_text("my pairs")
    expect(card.locator(".state")).to_have_text("waiting")
    with store.write() as session:
        row = exports.get(session, 1)
        assert (exports.folder(row), row.options["audio"]) == (settings.exports / "my pairs", True)
        exports.begin(session, 1, total=10)
        exports.set_progress(session, 1, 4)
    expect(card.locator(".what")).to_contain_text("4 of 10 pairs")
    with store.write() as session:
        exports.finish(session, 1, written=9, left_out=["ball.mp4 at 3.0 s: the source is gone"])
    expect(card.locator(".state")).to_have_text("done")
    expect(card.locator(".dest")).to_have_text(str(settings.exports / "my pairs"))
    card.get_by_text("1 left out").click()
    expect(card.locator(".left li")).to_have_text("ball.mp4 at 3.0 s: the source is gone")


def test_an_export_can_be_cancelled(page: Page, studio: str, library: None) -> None:
    page.goto(f"{studio}/export")
    page.locator(EXPORT).click()
    page.locator(".export").get_by_role("button", name="Cancel").click()
    expect(page.locator(".export .state")).to_have_text("cancelled")

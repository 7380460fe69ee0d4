"""The Export page in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from db import exports, leaving
from db.exports import Request
from db.models import Job
from db.session import Store
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.selection import Selection
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
    expect(page.locator("#start-export .plan")).to_contain_text("1 pair from 1 video · about ")
    page.get_by_label("Accepted, and kept by the rules · 2").check()
    expect(page.locator("#start-export pre")).to_contain_text("Kept by the rules")
    expect(page.locator("#start-export .plan")).to_contain_text("2 pairs from 1 video")
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
    page.locator(".settings summary", has_text="Clip files").click()
    page.get_by_label("Keep the sound").check()
    page.locator(".settings summary", has_text="Captions and split").click()
    page.get_by_label("Seed").fill("7")
    page.locator(EXPORT).click()
    expect(page.locator(STATE)).to_have_text("The export is queued.")
    card = page.locator(".export")
    expect(card.locator(".title")).to_have_text("my pairs")
    expect(card.locator(".state")).to_have_text("waiting")
    with store.write() as session:
        row = exports.get(session, 1)
        assert (exports.folder(row), row.clips["audio"]) == (settings.exports / "my pairs", True)
        assert (row.selection["seed"], row.selection["which"]) == (7, "accepted")
        exports.begin(session, 1)
        exports.settle(session, 1, total=10)
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


def test_every_format_shows_its_own_options_and_first_rows(page: Page, studio: str, library: None) -> None:
    page.goto(f"{studio}/export")
    expect(page.locator("#start-export pre")).to_contain_text("file_path")
    page.get_by_label("Format", exact=True).click()
    page.get_by_role("option", name="cogvideox").click()
    expect(page.locator("#start-export pre")).to_contain_text("prompts.txt")
    page.locator(".settings summary", has_text="Format options").click()
    page.get_by_label("Layout").select_option("sat")
    expect(page.locator("#start-export pre")).to_contain_text("labels/")


def test_what_does_not_fit_is_said_before_anything_is_sent(page: Page, studio: str, library: None) -> None:
    page.goto(f"{studio}/export")
    expect(page.locator("#start-export pre")).to_be_visible()
    page.get_by_label("Only where").fill("motion")
    expect(page.locator("#start-export .nothing")).to_contain_text("'motion': this is no condition")
    expect(page.locator(EXPORT)).to_be_disabled()
    page.get_by_label("Only where").fill("motion>0.05\nvideo~ball")
    expect(page.locator("#start-export .plan")).to_contain_text("1 pair from 1 video")
    page.get_by_label("Everything, rejected clips too").check()
    expect(page.locator("#start-export .nothing")).to_contain_text("would train on rejected clips")


def test_what_changed_between_two_exports(page: Page, studio: str, library: None, store: Store) -> None:
    request = Request(EasyAnimate(), "/sets/one", Selection(which="accepted"))
    for text in ("", f"New: {PAYLOAD}"):
        with store.write() as session:
            if text:
                add_clip(session, Made(text=text, review="accepted"))
            export_id = exports.create(session, request, by="ann").id
            for pairs in leaving.plan(session, request.selection):
                exports.add_rows(session, export_id, pairs, start=0)
            exports.settle(session, export_id, total=2)
            exports.finish(session, export_id, written=2, summary={"counts": {"": 2}, "bytes": 5_000_000, "reused": 1})
            session.execute(update(Job).values(state="done"))
    page.goto(f"{studio}/export")
    card = page.locator("[data-export='2']")
    expect(card.locator(".what")).to_have_text("2 pairs · easyanimate · accepted · 5.0 MB · 1 kept as it was")
    card.locator("select").select_option(label="one, export 1")
    expect(card.locator(".sums")).to_have_text("1 added · 0 removed · 0 changed · 1 the same")
    expect(card.locator(".changes li")).to_contain_text("New: ${Object")
    expect(page.locator("[data-export='1'] select")).to_be_hidden()
    card.get_by_role("button", name="Export again").click()
    expect(page.locator("[data-export='3'] .state")).to_have_text("waiting")
    assert page.evaluate("window.hit") is None

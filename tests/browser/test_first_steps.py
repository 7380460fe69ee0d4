"""Somebody new in a real browser: from an empty data folder to a first training set, with real videos and a real worker."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from cli.crew import Crew
from db.session import Store
from settings import Settings

pytestmark = pytest.mark.browser
STRIP = ".first-steps"
WITHIN_S = 120


@pytest.fixture
def worker(settings: Settings, store: Store) -> Iterator[None]:
    with Crew(settings, count=1):
        yield


def test_from_nothing_to_a_training_set_in_two_minutes(page: Page, studio: str, settings: Settings, worker: None) -> None:
    began = time.monotonic()
    page.goto(studio)
    page.get_by_role("button", name="Try it with the sample videos").click()
    strip = page.locator(STRIP)
    expect(strip.locator("[aria-current=step]")).to_contain_text("Queue")
    strip.get_by_role("link", name="Go to Review").click(timeout=WITHIN_S * 1000)
    expect(strip).to_contain_text("Watch, read, decide 3: A accepts, E edits, X rejects")
    page.locator(".review-desk[data-clip]").wait_for()
    for left in ("2", "one more"):
        page.keyboard.press("a")
        expect(strip).to_contain_text(f"decide {left}: ")
    page.reload()
    expect(strip).to_contain_text("decide one more")
    page.locator(".review-desk[data-clip]").wait_for()
    page.keyboard.press("a")
    strip.get_by_role("link", name="Go to Export").click()
    expect(strip).to_contain_text("The form is filled in for 3 accepted clips")
    page.locator("#start-export [data-act=export]").click()
    expect(strip).to_contain_text("Your first training set is written: 3 pairs in", timeout=60_000)
    assert time.monotonic() - began < WITHIN_S
    (folder,) = settings.exports.iterdir()
    rows = json.loads((folder / "meta_train_info.json").read_text("utf-8"))
    assert len(rows) == 3 and all(row["text"] and (folder / row["file_path"]).stat().st_size for row in rows)
    expect(strip).to_contain_text(str(folder))
    expect(strip).to_contain_text("meta_train_info.json")
    strip.get_by_role("button", name="Close the first steps").click()
    page.goto(f"{studio}/queue")
    page.locator("#job-list .run").wait_for()
    expect(strip).to_have_count(0)


def test_ones_own_folder_is_one_click_away(page: Page, studio: str) -> None:
    page.goto(f"{studio}/queue")
    page.get_by_role("button", name="Queue your own folder").click()
    expect(page.get_by_label("Folders, videos or lists")).to_be_focused()

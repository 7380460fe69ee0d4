"""Insights in a real browser: plots of what is there, sentences where nothing is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from db.session import Store
from tests.support.library import Made, add_clip, add_run
from tests.support.lots import judge

pytestmark = pytest.mark.browser


def part(name: str) -> str:
    return f".insights [data-part={name}]"


def test_every_part_draws_what_is_there(page: Page, studio: str, store: Store) -> None:
    with store.write() as session:
        for _ in range(2):
            run = add_run(session)
            for number in range(6):
                add_clip(session, Made(f"Ball {number} rolls.", scores={"motion": number / 10}), run=run)
    judge(store, range(1, 9), bad=lambda clip_id: clip_id == 8)
    page.goto(f"{studio}/insights")
    expect(page.locator(f"{part('days')} rect.column.ok title")).to_contain_text("7 accepted")
    expect(page.locator(f"{part('ranges')} .entry")).to_contain_text("88 % of 8")
    page.get_by_role("button", name="reviewer").click()
    expect(page.locator(f"{part('ranges')} .entry .name")).to_have_text("ann")
    expect(page.locator(part("reasons"))).to_contain_text("invents something")
    expect(page.locator(f"{part('histogram')} .rule")).to_have_count(1)
    expect(page.locator(part("runs"))).to_contain_text("run 2")
    page.get_by_label("Lowest").fill("0.35")
    expect(page.locator(part("kept"))).to_contain_text("keeps 4 of 12 clips, 8 fewer than now")
    expect(page.locator(part("lengths"))).to_contain_text("mean 3 words")
    expect(page.locator(part("words"))).to_contain_text("rolls")
    page.locator(f"{part('histogram')} svg").hover(position={"x": 200, "y": 80})
    expect(page.locator(f"{part('histogram')} figcaption")).to_contain_text("of the 12 clips measured")


def test_an_empty_library_says_what_would_fill_each_part(page: Page, studio: str) -> None:
    page.goto(f"{studio}/insights")
    expect(page.locator(part("days"))).to_have_text("Nobody has decided on a clip yet. Review fills this.")
    expect(page.locator(part("histogram"))).to_contain_text("Nothing was measured yet.")
    expect(page.locator(part("lengths"))).to_contain_text("There are no captions yet.")

"""Triage: twelve clips at a glance, by keys, clicks and swipes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.support import live
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

PLAYING = """(wanted) => {
  const moves = (video) => !video.paused && video.currentTime > 0;
  return [...document.querySelectorAll('.tile video')].filter(moves).length === wanted;
}"""

SWIPE = """([clip, by]) => {
  const tile = document.querySelector(`.tile[data-clip="${clip}"]`);
  const box = tile.getBoundingClientRect();
  const at = { bubbles: true, pointerType: 'touch', pointerId: 7, clientX: box.x + 80, clientY: box.y + 40 };
  const send = (name, more) => tile.dispatchEvent(new PointerEvent(name, { ...at, clientX: at.clientX + more }));
  send('pointerdown', 0);
  for (const part of [0.3, 0.6, 1]) send('pointermove', by * part);
  send('pointerup', by);
  tile.querySelector('p').click();
}"""


def tiles(at: Desk) -> list[int]:
    return [int(one.get_attribute("data-clip") or 0) for one in at.page.locator(".tile").all()]


def test_a_page_is_marked_kept_and_taken_back_as_one(desk: Callable[..., Desk]) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 16)))
    page = at.page
    at.open("?speed=triage")
    expect(page.locator(".tile")).to_have_count(12)
    playing = (
        "() => [...document.querySelectorAll('.tile video')].filter((one) => !one.paused && one.currentTime > 0).length"
    )
    page.wait_for_function(f"({playing})() === 12")
    page.keyboard.type("2qq")
    for _ in range(3):  # a held key turns once
        page.keyboard.down("y")
    page.keyboard.up("y")
    expect(page.locator(at.part("commit"))).to_contain_text("Accept 9, unsure 2, reject 1")
    page.locator(at.part("because")).select_option("clip: text or watermark")
    page.locator(at.part("because")).blur()
    page.keyboard.press("Enter")
    expect(page.locator(".tile")).to_have_count(3)
    at.saved()
    assert [at.clip(n).review for n in (1, 2, 7, 12)] == ["accepted", "skipped", "rejected", "skipped"]
    assert at.clip(7).reject_reason == "clip: text or watermark"
    page.keyboard.press("z")
    expect(page.locator(".tile")).to_have_count(12)
    assert tiles(at) == list(range(1, 13))
    at.saved()
    assert {at.clip(n).review for n in range(1, 16)} == {"waiting"}
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(at.part("emptyTitle"))).to_have_text("All done.")
    at.saved()
    assert {at.clip(n).review for n in range(1, 16)} == {"accepted"}
    page.get_by_role("button", name="Undo").click()  # there is a way back even where there are no keys
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)


def test_each_speed_counts_for_itself_and_closer_opens_one_clip(desk: Callable[..., Desk]) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 16)))
    page = at.page
    at.open("?speed=triage")
    page.locator(".tile").nth(4).get_by_role("button", name="Closer").click()
    assert at.shown == 5
    page.keyboard.press("a")
    at.saved()
    page.keyboard.press("v")
    expect(page.locator(".tile")).to_have_count(12)
    page.keyboard.press("Enter")
    expect(page.locator(".tile")).to_have_count(2)
    at.saved()
    at.open()  # the speed is remembered
    expect(page.locator(at.part("pace"))).to_contain_text("you: 720 clips / h · 1 min left")
    page.locator("[data-speed=full]").click()
    expect(page.locator(at.part("pace"))).to_contain_text("you: 60 clips / h · 2 min left")
    page.locator("[data-speed=claims]").click()
    expect(page.locator(at.part("pace"))).to_have_text("your pace shows as you decide")


def test_a_phone_decides_by_swipes(desk: Callable[..., Desk], browser: Browser) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 16)))
    with live.looking(browser, viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True) as context:
        at.page = page = context.new_page()
        at.open("?speed=triage")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        expect(page.locator(".swipes")).to_be_visible()
        page.evaluate(SWIPE, [1, 120])
        page.evaluate(SWIPE, [2, -120])
        page.evaluate(SWIPE, [3, 40])  # too short to mean anything
        at.saved()
        assert [at.clip(n).review for n in (1, 2, 3)] == ["accepted", "skipped", "waiting"]
        assert tiles(at) == [*range(3, 15)]
        page.locator(".tile").first.tap()
        expect(page.locator(".tile").first).to_have_attribute("data-mark", "skip")
        page.locator(".commit").get_by_role("button", name="Undo").tap()
        expect(page.locator(".tile").first).to_have_attribute("data-clip", "2")

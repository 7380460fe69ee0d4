"""Keys of the desk: they can be changed, clashes are told, and none fires while somebody types or composes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.desk import Desk

pytestmark = pytest.mark.browser

SEEN = "document.querySelector('.review-desk video:not([hidden])')"
COMPOSE = """() => {
  const at = document.activeElement;
  for (const key of ['a', 's', 'Enter', '1']) {
    at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, isComposing: true }));
  }
}"""


def test_keys_are_changed_clashes_are_told_and_the_change_stays(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.")
    page = at.page
    at.open("?speed=full")
    page.keyboard.press("?")
    dialog = page.locator("dialog.frame")
    expect(dialog).to_contain_text("accept, and on to the next clip")
    accept = dialog.locator("[data-action=accept]")
    accept.click()
    page.keyboard.press("s")
    expect(dialog).to_contain_text("S already means “unsure: the clip comes again at the end”. Give that another key first.")
    for key in ("1", "?"):
        accept.click()
        page.keyboard.press(key)
        expect(dialog).to_contain_text("has a meaning that cannot be changed")
    accept.click()
    page.keyboard.press("Escape")  # leaves the question, not the dialog
    accept.click()
    page.keyboard.press("g")
    expect(accept).to_have_text("G")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_text("Accept G")
    page.keyboard.press("a")
    assert at.shown == 1
    at.open()
    page.keyboard.press("g")
    assert at.shown == 2
    page.keyboard.press("?")
    dialog.get_by_role("button", name="Put all keys back").click()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    at.saved()
    assert [at.clip(n).review for n in (1, 2, 3)] == ["accepted", "accepted", "waiting"]


def test_reasons_in_other_words_and_the_last_one_again(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.", "Four.")
    page = at.page
    at.open("?speed=full")
    page.keyboard.type("xx")  # there is no last reason yet
    assert at.shown == 1
    page.keyboard.press("Escape")
    page.keyboard.type("x0")
    page.evaluate(COMPOSE)
    page.keyboard.type("too short: a s z")
    page.keyboard.press("Enter")
    assert at.shown == 2
    page.keyboard.type("xas8")  # while a reason is asked for, no other decision
    page.keyboard.type("xx")
    page.evaluate(COMPOSE)
    at.saved()
    assert [at.clip(n).reject_reason for n in (1, 2, 3, 4)] == [
        "caption: too short: a s z", "clip: nothing to see, or damaged", "clip: nothing to see, or damaged", None,
    ]  # fmt: skip


def test_speeds_loops_and_the_way_of_tab(desk: Callable[..., Desk]) -> None:
    at = desk("One sentence. Another one.")
    page = at.page
    at.open("?speed=full")
    page.wait_for_function(f"{SEEN}.readyState >= 2")
    page.keyboard.press("5")
    expect(page.locator(at.part("speed"))).to_have_text("2×")
    page.keyboard.press("9")
    expect(page.locator(at.part("speed"))).to_have_text("0.25×")
    page.keyboard.press("k")
    page.locator(at.part("strip")).click(position={"x": 1, "y": 5})
    for _ in range(6):
        page.keyboard.press(".")
    page.keyboard.press("[")
    for _ in range(6):
        page.keyboard.press(".")
    page.keyboard.press("]")
    expect(page.locator(at.part("loop"))).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Space")
    turned = f"() => new Promise((done) => {{ const video = {SEEN}; let last = video.currentTime; let most = last;"
    turned += " const look = () => { const now = video.currentTime; most = Math.max(most, now);"
    turned += " now < last ? done([now, most]) : requestAnimationFrame(look); last = now; }; look(); })"
    start, end = page.evaluate(turned)
    assert 0.5 <= start < 0.8 and 1.0 <= end < 1.4  # frames 7 and 13 of 12 a second
    page.keyboard.press("]")
    expect(page.locator(at.part("loop"))).not_to_be_visible()
    chosen = page.locator(".claim.chosen")
    page.keyboard.press("Tab")
    expect(chosen).to_have_text("One sentence.")
    page.keyboard.press("Tab")
    expect(chosen).to_have_text("Another one.")
    page.keyboard.press("Shift+Tab")
    expect(chosen).to_have_text("One sentence.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # no claim is left: on to the buttons, as everywhere
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    assert at.versions() == 0

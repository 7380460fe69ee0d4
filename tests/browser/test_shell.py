"""The frame around every page in a real browser: navigation, light and dark, a phone, keys, the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from db import users
from db.session import Store
from settings import Settings
from studio.shell import find_pages
from studio.words import words
from tests.support import live

pytestmark = pytest.mark.browser
ENGLISH = words("en")

CONTRAST = """() => {
  const channel = (value) => ((value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const seen = node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!own || !seen || node.closest(':disabled')) continue;
    const style = getComputedStyle(node);
    const [one, other] = [light(parts(style.color)), light(ground(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) low.push(`${node.tagName}.${node.className} ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


def ready(page: Page) -> None:
    expect(page.locator("gradio-app .widget").first).to_be_visible()


def test_from_page_to_page(page: Page, studio: str) -> None:
    page.goto(studio)
    for one in find_pages():
        page.locator("nav.frame").get_by_role("link", name=ENGLISH(one.title)).click()
        ready(page)
        expect(page).to_have_title(f"{ENGLISH(one.title)} · Clapper")
        expect(page.locator("nav.frame [aria-current]")).to_have_text(ENGLISH(one.title))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(page: Page, studio: str, theme: str) -> None:
    for one in find_pages():
        page.goto(f"{studio}{one.path}?__theme={theme}")
        ready(page)
        assert page.evaluate("document.documentElement.classList.contains('dark')") is (theme == "dark")
        assert page.evaluate(CONTRAST) == [], one.path


def test_the_system_decides_when_nobody_asks(browser: Browser, studio: str) -> None:
    with live.looking(browser, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{studio}/queue")
        ready(page)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 19, 18)"


def test_a_phone_scrolls_one_way(browser: Browser, studio: str) -> None:
    with live.looking(browser, viewport={"width": 375, "height": 700}) as context:
        page = context.new_page()
        for one in find_pages():
            page.goto(f"{studio}{one.path}")
            ready(page)
            assert page.evaluate("document.documentElement.scrollWidth") == 375, one.path


def test_on_a_tablet_the_whole_bar_is_in_view_and_focus_is_seen(browser: Browser, studio: str) -> None:
    with live.looking(browser, viewport={"width": 1024, "height": 768}) as context:
        page = context.new_page()
        page.goto(f"{studio}/queue")
        ready(page)
        assert page.locator("nav.frame").evaluate("(bar) => bar.scrollWidth <= bar.clientWidth")
        for field in (page.get_by_label("Raw videos"), page.get_by_label("Folders, videos or lists")):
            field.focus()
            page.keyboard.press("Shift")  # as somebody at the keyboard
            assert field.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"


def test_keys_are_behind_a_question_mark_and_not_while_typing(page: Page, studio: str) -> None:
    page.goto(f"{studio}/queue")
    ready(page)
    dialog = page.get_by_role("dialog")
    page.keyboard.press("?")
    expect(dialog).to_contain_text("Keys on Queue")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_label("Folders, videos or lists").press("?")
    expect(dialog).to_be_hidden()


def test_nothing_is_asked_of_anybody_else(page: Page, studio: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for one in find_pages():
        page.goto(f"{studio}{one.path}")
        ready(page)
    assert [url for url in asked if not url.startswith((studio, "data:", "blob:"))] == []


@pytest.fixture
def locked(settings: Settings, store: Store) -> Iterator[str]:
    with store.write() as session:
        users.add(session, "lin", "open sesame")
    with live.serving(replace(settings, auth=True), store) as address:
        yield address


def test_the_door_leads_to_where_one_wanted(page: Page, locked: str) -> None:
    page.goto(f"{locked}/library?where=motion%3E0.1")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("Name").fill("lin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.get_by_label("Name").fill("lin")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{locked}/library?where=motion%3E0.1")
    expect(page.locator("nav.frame .me")).to_contain_text("lin")
    ready(page)
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{locked}/login")


def test_who_may_only_look_is_told_where_others_work(page: Page, locked: str, store: Store) -> None:
    with store.write() as session:
        users.add(session, "vi", "open sesame", "viewer")
    page.goto(f"{locked}/review")
    page.get_by_label("Name").fill("vi")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    told = page.get_by_role("heading", name="vi may look at everything and change nothing")
    expect(told).to_be_visible()
    expect(page.locator(".review-desk .empty").get_by_role("link", name="Look around in the Library")).to_be_visible()
    page.goto(f"{locked}/compare")
    expect(told).to_be_visible()


def test_who_is_logged_out_at_work_logs_in_over_the_page_and_loses_nothing(page: Page, locked: str) -> None:
    page.goto(f"{locked}/prompts")
    page.get_by_label("Name").fill("lin")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    words = page.locator(".prompts [data-part=text]")
    words.wait_for()
    expect(words).to_have_value(re.compile("."))
    words.fill("Describe the light alone.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save as a new version").click()
    dialog = page.get_by_role("dialog", name="You are logged out")
    dialog.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Name or password is wrong.")
    dialog.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(words).to_have_value("Describe the light alone.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator(".prompts [data-part=version]")).to_contain_text("version 2")

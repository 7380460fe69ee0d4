"""The studio in another language: every page is in it, the choice stays, and the work goes on as before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from db import decisions, users
from db.decisions import Decision
from db.models import Clip
from db.session import Store
from settings import Settings
from studio.shell import find_pages, route_of
from studio.words import read, words
from tests.support import live
from tests.support.comparing import MODELS, compared_clip
from tests.support.library import Made, add_clip, make_files

pytestmark = pytest.mark.browser
CHINESE = words("zh")
SHOWN = """() => {
  const found = [];
  for (const node of document.querySelectorAll('nav.frame, .gradio-container *')) {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const own = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.textContent.trim());
    found.push(...own, ...['placeholder', 'aria-label', 'title'].map((name) => node.getAttribute(name) || ''));
  }
  return found.filter(Boolean);
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live.looking(browser, viewport={"width": 1280, "height": 900}, locale="zh-CN") as context:
        yield context.new_page()


@pytest.fixture
def studio(settings: Settings, store: Store) -> Iterator[str]:
    with store.write() as session:
        for text in ("A dog runs over a lawn.", "A cat sleeps."):
            make_files(settings, add_clip(session, Made(text)))
    with live.serving(settings, store) as address:
        yield address


def english() -> dict[str, str]:
    """Sentences of more than one word, by their text: what must not be seen on a Chinese page."""
    whole = {key: sentence for key, sentence in read("en").items() if isinstance(sentence, str) and "{" not in sentence}
    return {sentence: key for key, sentence in whole.items() if " " in sentence and not re.search(r"[一-鿿]", sentence)}


def ready(page: Page) -> None:
    expect(page.locator("gradio-app .widget").first).to_be_visible()
    page.wait_for_load_state("networkidle")


def test_every_page_is_in_the_readers_language(page: Page, studio: str) -> None:
    unwanted = english()
    for one in find_pages():
        page.goto(f"{studio}{one.path}?where=verdict%3Dkept")
        ready(page)
        expect(page).to_have_url(f"{studio}{route_of(one, 'zh')}?where=verdict%3Dkept")
        assert page.evaluate("document.documentElement.lang") == "zh"
        expect(page.locator("nav.frame [aria-current]")).to_have_text(CHINESE(one.title))
        assert {text: unwanted[text] for text in page.evaluate(SHOWN) if text in unwanted} == {}, one.path


def test_a_clip_is_decided_in_chinese(page: Page, studio: str, store: Store) -> None:
    page.goto(f"{studio}/review")
    ready(page)
    page.keyboard.press("a")
    expect(page.locator(".review-desk [data-part=lastState]")).to_have_text("✓ 已接受")
    expect(page.locator(".review-desk [data-part=status]")).to_have_text("已全部保存。")
    with store.read() as session:
        assert sorted(clip.review for clip in session.query(Clip)) == ["accepted", "waiting"]
        left = session.query(Clip).filter(Clip.review == "waiting").one().id
    with store.write() as session:
        decisions.decide(session, Decision("key-of-bob", left, 0, "reject", reason="clip: cut inside"), "bob")
    page.keyboard.press("a")
    conflict = page.get_by_role("group", name="同一片段上的两个决定")
    expect(conflict).to_contain_text("已拒绝 · 片段内有剪切 · 由 bob")
    expect(conflict).to_contain_text("你想接受")


@pytest.mark.parametrize("width", [1000, 1280])
def test_what_the_player_says_has_room_on_compare(
    page: Page, studio: str, settings: Settings, store: Store, width: int
) -> None:
    """Frames are counted in more room here than in English."""
    said = dict(zip(MODELS, ("A dog.", "A cat."), strict=False))
    with store.write() as session:
        make_files(settings, compared_clip(session, said, Made(None, seconds=10.0, video=f"films/{'by-the-sea-' * 9}.mp4")))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{studio}/compare")
    frame = page.locator(".compare-board [data-part=frame]")
    expect(frame).to_contain_text("共 120 帧")
    strip = page.locator(".compare-board .strip")
    strip.click(position={"x": 0.95 * strip.bounding_box()["width"], "y": 10})  # type: ignore[index]
    expect(frame).to_have_text(re.compile(r"^第 1\d\d 帧，共 120 帧$"))
    assert frame.evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_the_choice_stays(page: Page, studio: str) -> None:
    page.goto(f"{studio}/library")
    ready(page)
    page.get_by_role("combobox", name="语言").select_option("en")
    expect(page).to_have_url(f"{studio}/library")
    expect(page.locator("nav.frame [aria-current]")).to_have_text("Library")
    page.goto(f"{studio}/queue-zh")
    expect(page).to_have_url(f"{studio}/queue")
    page.get_by_role("combobox", name="Language").select_option("zh")
    expect(page).to_have_url(f"{studio}/queue-zh")


def test_the_door_speaks_it_too(page: Page, settings: Settings, store: Store) -> None:
    with store.write() as session:
        users.add(session, "lin", "open sesame")
    with live.serving(replace(settings, auth=True), store) as address:
        page.goto(f"{address}/login")
        page.get_by_label("用户名").fill("lin")
        page.get_by_label("密码").fill("wrong")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_have_text(CHINESE("login.wrong"))
        page.get_by_role("combobox", name="语言").select_option("en")
        expect(page.get_by_role("button", name="Log in")).to_be_visible()

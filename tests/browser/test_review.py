"""The review desk, by its keys, in a real browser."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from db import reviews
from db.decisions import Decision
from settings import Settings
from tests.support.desk import Desk
from tests.support.library import add_clip, make_files

pytestmark = pytest.mark.browser
PAYLOADS = (
    "<img src=x onerror='window.hit=1'>",
    "${Object.assign(window,{hit:1})}",
    "{{constructor}} <script>window.hit=1</script>",
)
DECIDE = "**/api/review/decide"

MEASURE = """() => {
  const desk = document.querySelector('.review-desk');
  const seen = () => [...desk.querySelectorAll('video')].find((video) => !video.hidden);
  window.waits = [];
  window.words = [];
  window.addEventListener('keydown', () => {
    const began = performance.now(), before = desk.dataset.clip;
    const read = () => requestAnimationFrame(() => {
      desk.dataset.clip === before ? read() : window.words.push(performance.now() - began);
    });
    read();
    const look = () => {
      const picture = desk.dataset.clip !== before && seen().readyState >= 2 && !seen().seeking;
      picture ? requestAnimationFrame(() => window.waits.push(performance.now() - began)) : requestAnimationFrame(look);
    };
    look();
  }, true);
}"""

RECORD = """() => {
  const desk = document.querySelector('.review-desk');
  window.pressed = [];
  window.addEventListener('keydown', (event) => window.pressed.push([event.key, Number(desk.dataset.clip) || null]), true);
}"""


def test_every_decision_by_its_key(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.", "Four.", "Five.")
    at.open()
    page = at.page
    assert at.shown == 1
    expect(page.locator(at.part("caption"))).to_have_text("One.")
    page.keyboard.press("a")
    assert at.shown == 2
    page.keyboard.press("x")
    expect(page.locator(at.part("reasons"))).to_be_visible()
    page.keyboard.press("Escape")
    assert at.shown == 2
    page.keyboard.press("x")
    page.keyboard.press("6")
    assert at.shown == 3
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Three, as it should be: a s x z.")
    page.keyboard.press("Control+Enter")
    assert at.shown == 4
    page.keyboard.press("s")
    assert at.shown == 5
    page.keyboard.press("a")
    page.keyboard.press("z")
    assert at.shown == 5
    at.saved()

    assert (at.clip(1).review, at.clip(2).review, at.clip(2).reject_reason) == ("accepted", "rejected", "clip: cut inside")
    third = at.clip(3)
    assert third.caption is not None
    assert (third.review, third.caption.text, third.caption.author) == (
        "accepted",
        "Three, as it should be: a s x z.",
        "person",
    )
    assert (at.clip(4).review, at.clip(5).review, at.clip(5).version) == ("skipped", "waiting", 2)


def test_the_next_clip_is_there_at_once(desk: Callable[..., Desk]) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 31)))
    at.open()
    at.page.wait_for_timeout(500)
    at.page.evaluate(MEASURE)
    for _ in range(25):
        at.page.keyboard.press("a")
        at.page.wait_for_timeout(150)
    for name, what in (("words", "its words"), ("waits", "its picture")):
        waits = sorted(at.page.evaluate(f"window.{name}"))
        p95 = waits[int(len(waits) * 0.95)]
        print(f"key to next clip with {what}: p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms, n {len(waits)}")
        assert len(waits) == 25
        assert statistics.median(waits) < 150


def test_hammered_keys_never_decide_on_a_clip_that_was_not_shown(desk: Callable[..., Desk]) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 41)))
    at.open()
    at.page.evaluate(RECORD)
    for keys in ["a", "s", "x1", "aa", "z", "x9", "aaa", "zz", "s", "aaaa"] * 3:
        at.page.keyboard.type(keys)
    at.saved()
    kinds = {"a": "accept", "s": "skip", "1": "reject", "9": "reject"}
    pressed = [(key, clip) for key, clip in at.page.evaluate("window.pressed") if clip]
    wanted = [(kinds[key], clip) for key, clip in pressed if key in kinds]
    events = at.events()
    assert [event for event in events if event[0] != "undo"] == wanted
    assert len(wanted) > 20
    assert at.versions() == len(events)


def test_a_key_held_down_decides_once(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.")
    at.open()
    for _ in range(3):  # the second and third are what a held key sends
        at.page.keyboard.down("a")
    at.page.keyboard.up("a")
    at.saved()
    assert (at.shown, at.versions()) == (2, 1)


def test_typing_composing_and_reading_decide_nothing(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.")
    at.open()
    page = at.page
    page.keyboard.press("e")
    page.keyboard.type("axsz")
    page.keyboard.press("Escape")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', isComposing: true, bubbles: true}))")
    page.keyboard.press("Control+a")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("accept, and on to the next clip")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(at.part("editor"))).to_have_value("One.axsz")  # the draft was kept
    page.locator(at.part("editor")).fill("  ")
    page.keyboard.press("Control+Enter")
    expect(page.locator(at.part("note"))).to_contain_text("cannot be empty")
    assert (at.shown, at.versions()) == (1, 0)


def test_decisions_outlive_a_lost_studio_and_a_reload(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.", "Four.")
    page = at.page
    page.route(DECIDE, lambda route: route.abort())  # before the page opens: a route set later may miss the next request
    at.open()
    page.keyboard.press("a")
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Two, rewritten.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(at.part("status"))).to_have_text("Offline: 2 decisions kept here.")
    at.open()
    assert at.shown == 3
    assert at.versions() == 0
    page.unroute(DECIDE)
    at.saved()
    second = at.clip(2)
    assert second.caption is not None
    assert (at.clip(1).review, second.caption.text, at.versions()) == ("accepted", "Two, rewritten.", 2)


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_doubles(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.")
    asked: list[str] = []

    def lose_the_first(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["key"])
        if len(asked) == 1:
            route.fetch()  # the studio keeps it, the browser never hears of it
            route.abort()
        else:
            route.continue_()

    at.page.route(DECIDE, lose_the_first)
    at.open()
    at.page.keyboard.press("a")
    at.saved()
    assert (asked[0], len(asked), at.versions()) == (asked[1], 2, 1)


def test_a_decision_the_studio_refuses_is_told_and_its_words_are_kept(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.")
    page = at.page
    page.route(DECIDE, lambda route: route.fulfill(status=400, json={"detail": "the clip is gone"}))
    at.open()
    page.keyboard.press("e")
    page.locator(at.part("editor")).fill("One, rewritten.")
    page.keyboard.press("Control+Enter")
    told = page.locator(at.part("conflicts"))
    expect(told).to_contain_text("Not kept: the clip is gone")
    told.get_by_role("button", name="Close").click()
    expect(told).to_be_empty()
    at.saved()
    page.unroute(DECIDE)
    at.open("?clip=1")
    page.keyboard.press("e")
    expect(page.locator(at.part("editor"))).to_have_value("One, rewritten.")


@pytest.mark.parametrize(("button", "text", "version"), [(".mine", "Mine.", 2), (".theirs", "Theirs.", 1)])
def test_a_conflict_shows_both_and_loses_neither(desk: Callable[..., Desk], button: str, text: str, version: int) -> None:
    at = desk("One.", "Two.")
    at.open()
    page = at.page
    at.decide_elsewhere(Decision("key-of-bob", 1, 0, "edit", text="Theirs."))
    page.keyboard.press("e")
    page.locator(at.part("editor")).fill("Mine.")
    page.keyboard.press("Control+Enter")
    panel = page.locator(".conflict")
    expect(panel).to_contain_text("bob was faster on clip 1.")
    for words in ("One.", "Theirs.", "Mine."):
        expect(panel).to_contain_text(words)
    at.open()  # even a reload in the middle of it loses nothing
    expect(panel).to_contain_text("Mine.")
    panel.locator(button).click()
    at.saved()
    kept = at.clip(1)
    assert kept.caption is not None
    assert (kept.caption.text, kept.version) == (text, version)
    assert "Theirs." in [caption.text for caption in kept.captions]


def test_two_who_decide_alike_have_nothing_to_choose(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.")
    at.open()
    at.decide_elsewhere(Decision("key-of-bob", 1, 0, "accept"))
    at.page.keyboard.press("a")
    at.saved()
    expect(at.page.locator(".conflict")).to_have_count(0)
    assert (at.clip(1).review, at.clip(1).reviewed_by, at.versions()) == ("accepted", "bob", 1)


def test_what_captions_say_is_never_run(desk: Callable[..., Desk]) -> None:
    at = desk(*PAYLOADS, "The last.")
    at.open()
    for number, payload in enumerate(PAYLOADS, start=1):
        at.decide_elsewhere(Decision(f"key-of-bob-{number}", number, 0, "reject", reason=payload), who=payload)
        expect(at.page.locator(at.part("caption"))).to_have_text(payload)
        at.page.locator(at.part("versions")).click()
        at.page.keyboard.press("a")
        expect(at.page.locator(".conflict").nth(number - 1)).to_contain_text(payload)
    assert at.page.evaluate("window.hit") is None
    assert at.page.locator(".review-desk :is(script, img[src=x])").count() == 0


def test_frames_seconds_and_speeds(desk: Callable[..., Desk]) -> None:
    at = desk("One.")
    at.open()
    page = at.page
    page.wait_for_function("document.querySelector('.review-desk video:not([hidden])').readyState >= 2")
    page.keyboard.press("k")
    page.locator(at.part("strip")).click(position={"x": 1, "y": 5})
    expect(page.locator(at.part("frame"))).to_have_text("frame 1 of 24")
    page.keyboard.type("...")
    expect(page.locator(at.part("frame"))).to_have_text("frame 4 of 24")
    now = page.evaluate("document.querySelector('.review-desk video:not([hidden])').currentTime")
    assert now == pytest.approx(3.5 / 12, abs=0.01)  # the middle of the fourth frame
    page.keyboard.type(",")
    expect(page.locator(at.part("frame"))).to_have_text("frame 3 of 24")
    page.keyboard.press("ArrowRight")
    expect(page.locator(at.part("time"))).to_have_text("00:01.2 / 00:02.0")
    page.keyboard.type("ll")
    expect(page.locator(at.part("speed"))).to_have_text("1.5×")
    page.keyboard.press("Space")
    expect(page.locator(at.part("speed"))).to_have_text("paused")
    page.keyboard.type("jj")
    expect(page.locator(at.part("frame"))).to_have_text("frame 1 of 24", timeout=5000)


def test_a_link_opens_its_clip_and_an_empty_desk_leads_on(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.")
    at.open("?clip=3")
    assert at.shown == 3
    at.page.keyboard.type("ass")
    expect(at.page.locator(at.part("emptyTitle"))).to_have_text("All done.")
    assert at.page.locator(f"{at.part('empty')} a[href='/library']").is_visible()
    at.saved()
    at.page.locator(at.part("again")).click()
    at.page.wait_for_selector(".review-desk[data-clip]")
    assert at.shown == 1
    with at.store.write() as session:
        assert {clip.id for clip in reviews.claim(session, "bob")} == set()


def test_scripts_that_do_not_arrive_leave_a_sentence(desk: Callable[..., Desk]) -> None:
    at = desk()
    at.page.route("**/own/scripts/outbox.js", lambda route: route.abort())
    at.page.goto(f"{at.address}/review")
    expect(at.page.locator(".review-desk")).to_have_text("This page did not load whole. Please load it again.")


def test_nothing_to_review_says_so_and_waits(desk: Callable[..., Desk], settings: Settings) -> None:
    at = desk()
    at.page.goto(f"{at.address}/review")
    expect(at.page.locator(at.part("emptyTitle"))).to_have_text("Nothing waits for review yet.")
    with at.store.write() as session:
        make_files(settings, add_clip(session))
    at.page.wait_for_selector(".review-desk[data-clip]", timeout=10_000)


def test_a_phone_shows_it_without_scrolling_sideways(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", width=375)
    at.open()
    assert at.page.evaluate("document.documentElement.scrollWidth") <= 375
    at.page.get_by_role("button", name="Accept").click()
    at.saved()
    assert at.clip(1).review == "accepted"

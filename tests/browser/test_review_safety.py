"""Nothing that was decided at the desk is lost or lands elsewhere, whatever happens to the tab, the studio or the hour."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from db.decisions import Decision
from db.models import Clip
from tests.support.desk import Desk
from tests.support.reviewing import claimed

pytestmark = pytest.mark.browser

OURS = "**/api/review/{decide,note,unnote,tag}"


def test_an_hour_without_the_studio_and_a_crash_lose_nothing(desk: Callable[..., Desk]) -> None:
    at = desk("One.", "Two.", "Three.", "Four.")
    context = at.page.context
    at.page.clock.install()
    context.route(OURS, lambda route: route.abort())
    at.open("?speed=full")
    at.page.keyboard.press("f")
    at.page.keyboard.press("a")
    at.page.keyboard.press("x")
    at.page.keyboard.press("7")
    expect(at.page.locator(at.part("status"))).to_have_text("Offline: 3 changes kept here.")
    with at.store.write() as session:  # meanwhile what was lent is anybody's
        session.execute(update(Clip).values(claimed_until=1.0))
    assert claimed(at.store, "bob") == [1, 2, 3, 4]
    at.page.clock.fast_forward("01:00:00")
    at.page.keyboard.press("e")
    at.page.keyboard.type(" More.")
    at.page.keyboard.press("Control+Enter")
    expect(at.page.locator(at.part("status"))).to_have_text("Offline: 4 changes kept here.")
    crash = context.new_page()
    at.page.close(run_before_unload=False)
    at.decide_elsewhere(Decision("key-of-bob", 2, 0, "edit", text="Bob's."))
    context.unroute(OURS)
    at.page = crash
    crash.goto(f"{at.address}/review")
    expect(crash.locator(".conflict")).to_contain_text("bob was faster on clip 2.")
    crash.locator(".conflict .mine").click()
    at.saved()
    assert [at.clip(n).review for n in (1, 2, 3)] == ["accepted", "rejected", "accepted"]
    assert (at.text(3), [note.kind for note in at.clip(1).notes]) == ("Three. More.", ["flag"])


def test_what_others_do_meanwhile_is_never_overwritten(desk: Callable[..., Desk]) -> None:
    at = desk(*(f"Clip {number}." for number in range(1, 25)))
    at.open("?speed=triage")
    expect(at.page.locator(".tile")).to_have_count(12)

    def reviewer(number: int) -> None:
        for clip in range(number + 1, 25, 6):
            at.decide_elsewhere(Decision(f"{number}-{clip}", clip, 0, "edit", text=f"By {number}."), f"person {number}")

    others = [threading.Thread(target=reviewer, args=(number,)) for number in range(3)]
    for other in others:
        other.start()
    at.page.keyboard.press("Enter")
    for other in others:
        other.join()
    at.page.wait_for_function("document.querySelector('.review-desk [data-part=status]').textContent.match(/choose|saved/)")
    kept = {clip_id for kind, clip_id in at.events() if kind == "accept"}
    assert len(at.events()) == at.versions()
    for clip in range(1, 25):
        theirs = (clip - 1) % 6 < 3
        assert at.clip(clip).version <= 1
        assert not theirs or clip in kept or at.text(clip).startswith("By ")


def test_a_mark_made_on_words_that_are_just_coming_back_finds_them(desk: Callable[..., Desk]) -> None:
    at = desk("A dog runs.", "Two.")
    at.decide_elsewhere(Decision("key-of-bob", 1, 0, "edit", text="A fox runs."))
    held: list[Callable[[], None]] = []
    at.page.route("**/api/review/decide", lambda route: held.append(route.continue_))
    at.open("?clip=1&speed=full")
    at.page.keyboard.type("h1")
    at.page.keyboard.press("Enter")
    at.page.keyboard.press("Tab")
    at.page.keyboard.press("w")
    expect(at.page.locator(at.part("status"))).to_have_text("2 changes on their way.")
    held[0]()
    at.saved()
    clip = at.clip(1)
    assert (clip.caption_id, clip.captions[-1].text, len(clip.captions)) == (clip.captions[-1].id, "A dog runs.", 3)
    assert [(note.kind, note.caption_id) for note in clip.notes] == [("wrong", clip.caption_id)]

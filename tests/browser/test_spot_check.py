"""Spot check in a real browser: from the plan in a sentence to the accepted lot and back; and what a lead settles."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from db import opinions
from db.sampling import Wish
from db.session import Store
from settings import Settings
from tests.db.test_opinions import given, press
from tests.support.library import add_clip, make_files
from tests.support.lots import add_lot, drawn, judge, reviews, sampled

pytestmark = pytest.mark.browser


def test_from_a_sentence_to_an_accepted_lot_and_back(page: Page, studio: str, store: Store, settings: Settings) -> None:
    with store.write() as session:
        for _ in range(20):
            make_files(settings, add_clip(session))
    page.goto(f"{studio}/spot")
    outlook = page.locator(".spot [data-part=outlook]")
    expect(outlook).to_contain_text("Look at 19 of 20 clips.")
    page.get_by_label("Share of bad clips, percent").fill("60")
    expect(outlook).to_contain_text("Look at 3 of 20 clips.")
    expect(page.locator(".spot [data-part=curve] svg")).to_be_visible()
    page.get_by_role("button", name="Draw the sample").click()

    check = page.locator(".spot .check")
    expect(check).to_contain_text("Nothing has been looked at yet.")
    check.get_by_role("link", name="Look at the sample").click()
    desk = page.locator(".review-desk[data-clip]")
    expect(desk).to_be_visible()
    for left in (2, 1, 0):
        page.keyboard.press("a")
        expect(page.locator(".review-desk [data-part=done]")).to_contain_text(f"{3 - left} of 3 decided")
    expect(page.locator(".review-desk [data-part=status]")).to_have_text("Everything is saved.")

    page.goto(f"{studio}/spot")
    expect(check.locator(".verdict")).to_have_text("The lot passes.")
    expect(check).to_contain_text("0 of 3 looked at were bad")
    check.get_by_role("button", name="Accept the lot: 17 clips unseen").click()
    expect(check.locator(".verdict")).to_have_text("Accepted: 17 clips stand accepted by lot.")
    assert list(reviews(store).values()).count("accepted_lot") == 17

    page.goto(f"{studio}/library?where=review%3Daccepted_lot")
    expect(page.locator("#library .card .chip").first).to_have_text("accepted by lot")
    page.goto(f"{studio}/spot")
    check.get_by_role("button", name="Take back").click()
    expect(check.locator(".verdict")).to_contain_text("its clips wait for people again")
    assert list(reviews(store).values()).count("waiting") == 17


def test_a_sequential_check_draws_its_path_and_a_failed_lot_is_rejected_with_a_note(
    page: Page, studio: str, store: Store
) -> None:
    add_lot(store, 200)
    lot = drawn(store, Wish(sequential=True, limit=0.2, good=0.02))
    judge(store, sampled(store, lot)[:4], bad=lambda _: True)
    page.goto(f"{studio}/spot")
    check = page.locator(".spot .check")
    expect(check.locator(".verdict")).to_have_text("The lot does not pass.")
    expect(check.locator(".plot polyline")).to_have_count(3)
    check.get_by_label("Note").fill("the model invents people")
    check.get_by_role("button", name="Reject the lot").click()
    expect(check).to_contain_text("Note: the model invents people")
    page.goto(f"{studio}/library?clip=200")
    expect(page.locator("#library dialog.detail")).to_contain_text("lot rejected 1")
    expect(page.locator("#library dialog.detail")).to_contain_text("the model invents people")


def test_a_choice_within_a_line_chooses_the_line_and_a_wrong_number_is_told(page: Page, studio: str, store: Store) -> None:
    add_lot(store, 30)
    page.goto(f"{studio}/spot")
    outlook = page.locator(".spot [data-part=outlook]")
    expect(outlook).to_contain_text("30 clips")
    page.get_by_label("What the lot is divided by").select_option("model")
    expect(page.get_by_label("from every")).to_be_checked()
    expect(outlook).to_contain_text("measured: 30")
    page.get_by_label("Conditions the clips must meet, joined by and").fill("motiom>1")
    expect(page.locator(".spot [data-part=told]")).to_contain_text("'motiom'")
    page.get_by_label("Conditions the clips must meet, joined by and").fill("motion>0.05 and review=waiting")
    expect(page.locator(".spot [data-part=told]")).to_have_text("")


def test_where_two_people_differ_a_lead_chooses(page: Page, studio: str, store: Store) -> None:
    add_lot(store, 1)
    with store.write() as session:
        opinions.set_share(session, 1.0, by="lea", key="key-of-share")
    press(store, "ann", given(store, "ann")[0], "accept")
    press(store, "bob", given(store, "bob")[0], "reject", reason="<img src=x onerror='window.hit=1'>")
    page.goto(f"{studio}/spot")
    panel = page.locator(".twice")
    expect(panel.get_by_label("Share of decided clips, percent")).to_have_value("100")
    expect(panel).to_contain_text("1 clip on which two people differ waits for a lead.")
    expect(panel).to_contain_text("<img src=x")
    panel.get_by_role("button", name="bob is right").click()
    expect(panel).to_contain_text("Nothing waits for a lead.")
    assert reviews(store) == {1: "rejected"}
    assert page.evaluate("window.hit") is None


def test_without_any_lot_it_says_what_to_do(page: Page, studio: str) -> None:
    page.goto(f"{studio}/spot")
    expect(page.locator(".spot .empty")).to_contain_text("No lot has been checked yet")
    expect(page.locator(".spot [data-part=outlook]")).to_contain_text("No clip waits here.")
    expect(page.get_by_role("button", name="Draw the sample")).to_be_disabled()


def test_in_another_language_the_fields_stand_where_its_sentences_have_them(page: Page, studio: str) -> None:
    page.context.add_cookies([{"name": "clapper-language", "value": "zh", "url": studio}])
    page.goto(f"{studio}/spot")
    expect(page.locator(".spot [data-part=outlook]")).to_contain_text("这里没有待审核的片段。")
    expect(page.locator(".spot .sentence")).to_have_text("如果其中有  % 不合格，我希望 100 次中有  次能发现。")
    limit = page.get_by_label("不合格片段的比例（%）", exact=True)
    expect(limit).to_have_value("5")
    assert limit.evaluate("node => [node.previousSibling.data, node.nextSibling.data]") == [
        "如果其中有 ",
        " % 不合格，我希望 100 次中有 ",
    ]
    expect(page.locator(".twice form label")).to_have_text("由另一人复审  % 的已审核片段")

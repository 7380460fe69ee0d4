"""The Admin page in a real browser: an account by invitation, an assignment, the log."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from db import reviews, users
from db.models import Invitation
from db.session import Store
from tests.support.library import Made, add_clip

pytestmark = pytest.mark.browser


def test_people_are_invited_assigned_and_seen_in_the_log(page: Page, studio: str, store: Store) -> None:
    with store.write() as session:
        for number in range(3):
            add_clip(session, Made(f"Film {number}", scores={"motion": number / 10}))
    page.goto(f"{studio}/admin")
    page.get_by_label("Name", exact=True).fill("lin")
    page.get_by_label("First password").fill("open sesame")
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("Role of lin").select_option("lead")
    expect(page.locator(".admin [data-part=log]")).to_contain_text("account changed")
    page.get_by_role("button", name="Invite by link").dblclick()  # one wish all the same
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain http
    page.locator(".admin [data-part=link]").get_by_role("button", name="Copy").click()
    expect(page.locator(".admin [data-part=link]").get_by_role("button")).to_have_text("Copied")
    link = page.locator(".admin [data-part=link] code").inner_text()
    page.get_by_label("Who", exact=True).fill("lin")
    page.get_by_label("Which clips").fill("motion>0.15")
    page.get_by_role("button", name="Assign").dblclick()
    expect(page.locator(".admin [data-part=tasks] .line")).to_have_count(1)
    expect(page.locator(".admin [data-part=tasks]")).to_contain_text("1 left")
    page.get_by_label("Which clips").fill("motion>")
    page.get_by_label("Who", exact=True).fill("lin")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator(".admin [data-part=banner]")).to_contain_text("at character 1")
    page.goto(link)
    page.get_by_label("Your name").fill("mo")
    page.get_by_label("A password").fill("open sesame")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/review")
    with store.write() as session:
        assert session.query(Invitation).count() == 0  # a second one would be left
        assert {one.name: one.role for one in users.accounts(session)} == {"lin": "lead", "mo": "reviewer"}
        assert [clip.id for clip in reviews.claim(session, "lin", limit=2)] == [3, 1]

"""The words on the desk: claims, times, versions, and what people note about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from db.decisions import Decision
from db.models import Caption, Check, Clip
from studio.widget import COMPONENTS
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

TEXT = "A ball rolls at 0:01. A dog barks. The camera stands still for 1.5 s, until 12:34."
SENTENCES = (
    ("A ball rolls at 0:01.", 0.3, "supported"),
    ("A dog barks.", 0.1, "contradicted"),
    ("The camera stands still for 1.5 s, until 12:34.", 0.2, "not_visible"),
)

FRAMED = '<script>window.clapper = { language: "en", words: {} }</script>'
"""What the frame brings before any module runs."""
TOOLS = """async () => {
  const { diff, tokens } = await import('/own/scripts/diff.js');
  const { findTimes } = await import('/own/scripts/times.js');
  const said = (before, after) => diff(before, after).map(({ kind, text }) => `${kind[0]}:${text}`);
  return {
    words: said('A red fox runs fast.', 'A red dog runs.'),
    signs: said('一只狐狸在跑', '一只小狗在跑'),
    none: said('Same.', 'Same.'),
    empty: said('', 'New words'),
    kept: ['naïve café 东京タワー, 3.2 s!', '👩‍🚀 floats'].map((text) => tokens(text).join('') === text),
    times: findTimes('at 00:12.5, 0:03; 3.2 s, 4秒, not 1:99, 5 sheep, 3.2 square, 90 s, 20.0 s', 20).map((one) => one.at_s),
    hours: findTimes('1:00:02', 4000).map((one) => one.at_s),
  };
}"""


@pytest.fixture
def checked(desk: Callable[..., Desk]) -> Desk:
    """A desk on whose first clip an aligner has looked at every sentence, and whose words raised a flag."""
    at = desk(TEXT, "Two.")
    with at.store.write() as session:
        session.get_one(Caption, 1).flags = ["lead-in"]
        found = [{"text": text, "value": value, "verdict": verdict, "note": ""} for text, value, verdict in SENTENCES]
        session.add(
            Check(caption_id=1, stage="align", digest="d", model="judge", mean=0.2, low=0.1, sentences=found, created_at=1)
        )
    return at


def test_claims_that_need_a_look_come_first_and_can_be_marked(checked: Desk) -> None:
    at, page = checked, checked.page
    at.open("?speed=claims")
    claims = page.locator(".claims .claim .text")
    expect(claims).to_have_text([SENTENCES[1][0], SENTENCES[2][0], SENTENCES[0][0]])
    expect(page.locator(at.part("doubts"))).to_have_text("2 of 3 claims need a look")
    expect(page.locator(".claims .claim").first).to_contain_text("contradicted 0.1")
    expect(page.locator(at.part("chips"))).to_contain_text("lead-in")
    expect(page.locator(at.part("chips"))).to_contain_text("align 0.2, lowest 0.1")
    expect(page.locator(at.part("speed"))).to_have_text("1.5×")
    page.keyboard.press("w")
    page.keyboard.press("a")  # a caption with a wrong claim is not accepted
    page.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('clapper.decision.'))")
    expect(page.locator(at.part("status"))).to_contain_text("1 claim is marked wrong")  # also when the mark is saved
    assert at.shown == 1
    page.keyboard.press("Tab")
    page.keyboard.press("w")
    page.keyboard.press("w")
    expect(page.locator(".claims .claim.wrong .text")).to_have_text([SENTENCES[1][0]])
    page.keyboard.press("o")
    page.keyboard.type("a cat walks off w a x")
    page.keyboard.press("Enter")
    at.saved()
    notes = at.clip(1).notes
    start = TEXT.index("A dog")
    assert [(n.kind, n.span) for n in notes] == [("wrong", (start, start + 12)), ("omitted", None)]
    assert (notes[1].text, notes[1].caption_id, at.versions()) == ("a cat walks off w a x", 1, 0)
    page.keyboard.press("x")
    page.keyboard.press("1")
    at.saved()
    assert at.clip(1).reject_reason == "caption: invents something"


def test_times_seek_and_show_their_frame(checked: Desk) -> None:
    at, page = checked, checked.page
    at.open("?speed=full")
    links = page.locator(f"{at.part('caption')} .t")
    expect(links).to_have_text(["0:01", "1.5 s"])  # a moment after the end of the clip leads nowhere
    links.nth(1).hover()
    expect(links.nth(1).locator(".frame")).to_have_attribute("data-tile", "4")  # of six, at 0.17, 0.5, … 1.83 s
    page.wait_for_function("document.querySelector('.review-desk video:not([hidden])').readyState >= 2")
    links.nth(0).click()
    expect(page.locator(at.part("time"))).to_have_text("00:01.0 / 00:02.0")
    expect(page.locator(at.part("speed"))).to_have_text("paused")
    expect(page.locator(at.part("caption"))).to_have_text(TEXT)


def test_versions_are_compared_and_brought_back_as_new_ones(checked: Desk) -> None:
    at, page = checked, checked.page
    at.decide_elsewhere(Decision("key-of-bob", 1, 0, "edit", text=TEXT.replace("dog barks", "fox runs")))
    at.open("?clip=1&speed=full")
    page.keyboard.press("d")
    expect(page.locator(f"{at.part('caption')} del")).to_have_text(["dog", "barks"])
    expect(page.locator(f"{at.part('caption')} ins")).to_have_text(["fox", "runs"])
    expect(page.locator(at.part("compared"))).to_contain_text("Compared with version 1, machine · measured")
    page.keyboard.press("d")
    expect(page.locator(f"{at.part('caption')} del")).to_have_count(0)
    page.keyboard.press("h")
    expect(page.locator(".versions > li")).to_have_count(2)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("a")  # at once: the new caption has no number yet
    at.saved()
    clip = at.clip(1)
    assert clip.caption is not None
    assert (clip.caption.text, clip.caption.parent, clip.caption.model) == (TEXT, clip.captions[1].id, "measured")
    assert (clip.review, clip.version, len(clip.captions)) == ("accepted", 3, 3)
    assert at.shown == 2
    page.keyboard.type("za")  # with the number the studio has given it meanwhile
    at.saved()
    page.keyboard.type("zz")  # the acceptance, and what was brought back
    expect(page.locator(at.part("caption"))).to_contain_text("fox runs")
    at.saved()
    assert (at.clip(1).review, at.clip(1).caption_id) == ("accepted", clip.captions[1].id)


def test_flags_tags_and_notes_are_kept_shown_and_taken_back(checked: Desk) -> None:
    at, page = checked, checked.page
    at.open("?speed=full")
    page.keyboard.press("k")
    page.keyboard.press("f")
    page.keyboard.press("t")
    page.keyboard.type("  Slow  Motion")
    page.keyboard.press("Enter")
    page.keyboard.press("t")
    page.keyboard.press("Escape")
    page.evaluate("""() => {
      const text = document.querySelector('.review-desk .claim').nextSibling.nextSibling.firstChild;
      getSelection().setBaseAndExtent(text, 2, text, 5);
    }""")
    page.keyboard.press("m")
    expect(page.locator(at.part("lineLabel"))).to_have_text("Note on “dog”")
    page.keyboard.type("it is a seal")
    page.keyboard.press("Enter")
    at.saved()
    start = TEXT.index("dog")
    clip = at.clip(1)
    assert clip.tags == ("slow motion",)
    assert [(n.kind, n.text, n.span) for n in clip.notes] == [
        ("flag", "", None),
        ("note", "it is a seal", (start, start + 3)),
    ]
    page.goto(f"{at.address}/library?clip=1")
    expect(page.locator(".detail")).to_contain_text("it is a seal")
    expect(page.locator(".detail")).to_contain_text("slow motion")
    at.open("?speed=full&clip=1")
    page.keyboard.press("f")
    page.get_by_role("button", name="Take off slow motion").click()
    page.get_by_role("button", name="Take it back").click()
    at.saved()
    assert (at.clip(1).tags, at.clip(1).notes, at.versions()) == ((), (), 0)


def test_a_caption_that_comes_meanwhile_stands_among_the_versions(checked: Desk) -> None:
    at, page = checked, checked.page
    at.open("?speed=full")
    expect(page.locator(at.part("versions"))).to_contain_text("1 version")
    with at.store.write() as session:
        again = Caption(clip_id=1, text="A ball.", author="machine", model="other", created_at=1.0)
        session.add(again)
        session.flush()
        session.get_one(Clip, 1).caption_id = again.id
    expect(page.locator(at.part("versions"))).to_contain_text("2 versions", timeout=8000)
    expect(page.locator(at.part("caption"))).to_have_text(TEXT)
    page.keyboard.press("a")  # of the words on the screen, which are no longer in force
    expect(page.locator(".conflict")).to_contain_text("The caption of clip 1 has changed meanwhile.")
    assert at.versions() == 0


def test_words_are_compared_and_times_found_in_any_script(page: Page) -> None:
    page.route("http://desk.test/**", lambda route: route.fulfill(path=COMPONENTS / route.request.url.split("/own/")[1]))
    page.route("http://desk.test/", lambda route: route.fulfill(body=FRAMED, content_type="text/html"))
    page.goto("http://desk.test/")
    found = page.evaluate(TOOLS)
    assert found["words"] == ["s:A red ", "g:fox", "n:dog", "s: runs", "g: fast", "s:."]
    assert found["signs"] == ["s:一只", "g:狐狸", "n:小狗", "s:在跑"]
    assert (found["none"], found["empty"], found["kept"]) == (["s:Same."], ["n:New words"], [True, True])
    assert found["times"] == [12.5, 3, 3.2, 4]
    assert found["hours"] == [3602]

"""The Compare page, by its keys, in a real browser."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from sqlalchemy import select

from db.models import Ballot, Caption, Clip
from db.session import Store
from settings import Settings
from tests.support import live
from tests.support.comparing import MODELS, claim, compared_clip, prefer
from tests.support.library import Made, add_clip, make_files

pytestmark = pytest.mark.browser
VOTE = "**/api/compare/vote"
LONG = (
    "A man in a pale jacket walks through a dim hall, past lamps and gears, and looks up at a robot arm that turns away. "
    * 7
)
DIFFERENCES = """async ([texts, pivot]) => {
  const { differences, tokens } = await import('/own/scripts/compare_diff.js');
  const shown = ({ text, differs }) => (differs ? `[${text}]` : text);
  return [differences(texts, pivot).map((pieces) => pieces.map(shown).join('')),
          texts.map((text) => tokens(text).join('') === text)];
}"""


@dataclass
class Board:
    """A browser in front of a studio with captions to compare."""

    page: Page
    store: Store
    address: str

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.address}/compare{query}")
        self.page.wait_for_selector(".compare-board[data-ballot]")

    def part(self, name: str) -> str:
        return f".compare-board [data-part={name}]"

    @property
    def shown(self) -> int:
        return int(self.page.get_attribute(".compare-board", "data-ballot") or 0)

    def saved(self) -> None:
        expect(self.page.locator(self.part("status"))).to_have_text("Everything is saved.", timeout=10_000)

    def choices(self) -> dict[int, int | None]:
        with self.store.read() as session:
            return {ballot.id: ballot.choice for ballot in session.scalars(select(Ballot))}


@pytest.fixture
def board(browser: Browser, settings: Settings, store: Store) -> Iterator[Callable[..., Board]]:
    """Makes a board over clips with a caption by each model. At the end no script may have thrown."""
    with live.serving(settings, store) as address, ExitStack() as stack:

        def make(*clips: tuple[str, ...], width: int = 1280) -> Board:
            with store.write() as session:
                for texts in clips:
                    words = {f"{MODELS[place % 3]}-{place}": text for place, text in enumerate(texts)}
                    make_files(settings, compared_clip(session, words))
            context = stack.enter_context(live.looking(browser, viewport={"width": width, "height": 800}))
            return Board(context.new_page(), store, address)

        yield make


def pairs(number: int) -> list[tuple[str, str]]:
    return [(f"A dog runs over grass {n}.", f"A dog jumps over grass {n}.") for n in range(number)]


def test_every_vote_by_its_key(board: Callable[..., Board]) -> None:
    at = board(*pairs(4))
    at.open()
    page, seen = at.page, []
    page.wait_for_selector(".compare-board mark")
    assert sorted(page.locator(".compare-board mark").all_inner_texts()) == ["jumps", "runs"]
    for keys in ("1", "q2", "0", "-"):
        seen.append(at.shown)
        page.keyboard.type(keys)
    at.saved()
    assert [at.choices()[ballot] for ballot in seen] == [1, 2, 0, -1]
    assert len(set(seen)) == 4
    expect(page.locator(at.part("emptyTitle"))).to_have_text("Every comparison has its vote.")
    with at.store.read() as session:
        assert session.get_one(Ballot, seen[1]).reasons == ["more correct"]


def test_undo_brings_the_comparison_back_as_it_was_and_open(board: Callable[..., Board]) -> None:
    at = board(*pairs(3))
    at.open()
    page, first = at.page, at.shown
    words = page.locator(".compare-board .caption").all_inner_texts()
    page.keyboard.press("1")
    assert at.shown != first
    page.keyboard.press("z")
    assert at.shown == first
    assert page.locator(".compare-board .caption").all_inner_texts() == words
    expect(page.locator(at.part("question"))).to_contain_text("counts as open")
    page.keyboard.press("2")
    at.saved()
    assert at.choices()[first] == 2


def test_names_are_nowhere_until_the_vote(board: Callable[..., Board]) -> None:
    """Over every answer that the browser gets, and over all that the page holds."""
    at = board(*pairs(12))
    page = at.page
    bodies: list[str] = []

    def keep(response: Response) -> None:
        if "/media/" not in response.url and response.request.resource_type in (
            "document",
            "script",
            "fetch",
            "xhr",
            "stylesheet",
        ):
            bodies.append(f"{response.url} {json.dumps(response.headers)} {response.text()}")

    page.on("response", keep)
    at.open()
    page.keyboard.type("dd")
    page.keyboard.press("Space")
    page.wait_for_timeout(500)
    bodies.append(page.content())
    bodies.append(json.dumps(page.evaluate("({...localStorage})")))
    page.remove_listener("response", keep)
    assert any("/api/compare/claim" in body and "A dog" in body for body in bodies) and len(bodies) > 5
    told = " ".join(bodies)
    assert not [name for name in MODELS if name in told]

    page.keyboard.press("1")
    names = page.locator(at.part("names"))
    expect(names).to_contain_text(MODELS[0])
    expect(names).to_contain_text(MODELS[1])


def test_open_comparisons_say_who_wrote_which(board: Callable[..., Board]) -> None:
    at = board(*pairs(2))
    at.open("?blind=no&by=model")
    expect(at.page.locator(".compare-board .column .chip")).to_have_count(2)
    assert {name.rsplit("-", 1)[0] for name in at.page.locator(".compare-board .column .chip").all_inner_texts()} == set(
        MODELS[:2]
    )


def test_captions_are_counted_in_the_units_of_their_own_writing(board: Callable[..., Board]) -> None:
    at = board(("A shop sign says 国 and 日.", "商店的招牌。"))
    at.open()
    assert sorted(at.page.locator(".compare-board .column .row .faint").all_inner_texts()) == ["6 characters", "7 words"]


def test_votes_outlive_a_lost_studio_and_a_reload(board: Callable[..., Board]) -> None:
    at = board(*pairs(3))
    page = at.page
    page.route(VOTE, lambda route: route.abort())
    at.open()
    first = at.shown
    page.keyboard.press("1")
    expect(page.locator(at.part("status"))).to_have_text("Offline: 1 vote kept here.")
    at.open()
    assert at.shown != first
    page.unroute(VOTE)
    at.saved()
    assert at.choices()[first] == 1


def test_a_key_held_down_votes_once_and_typing_votes_never(board: Callable[..., Board]) -> None:
    at = board(*pairs(3))
    at.open()
    for _ in range(3):
        at.page.keyboard.down("1")
    at.page.keyboard.up("1")
    at.page.keyboard.press("Control+2")
    at.page.keyboard.press("?")
    expect(at.page.locator("dialog[open]")).to_contain_text("this caption is the best")
    at.page.keyboard.press("2")
    at.page.keyboard.press("Escape")
    at.saved()
    assert sorted(choice for choice in at.choices().values() if choice is not None) == [1]


def test_the_next_clip_is_there_at_once(board: Callable[..., Board]) -> None:
    at = board(*pairs(12))
    at.open()
    at.page.wait_for_timeout(600)
    waits = at.page.evaluate("""async () => {
      const board = document.querySelector('.compare-board'), waits = [];
      for (let n = 0; n < 8; n += 1) {
        const before = board.dataset.ballot, began = performance.now();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: '1', bubbles: true }));
        const seen = () => [...board.querySelectorAll('video')].find((one) => !one.hidden);
        const there = () => board.dataset.ballot !== before && seen().readyState >= 2 && !seen().seeking;
        while (!there()) await new Promise(requestAnimationFrame);
        waits.push(performance.now() - began);
        await new Promise((done) => setTimeout(done, 200));
      }
      return waits;
    }""")
    print("key to next clip with its picture:", [round(wait) for wait in waits])
    assert statistics.median(waits) < 150


MARKED: list[tuple[list[str], int, list[str]]] = [
    (["A dog runs.", "A dog sleeps."], 0, ["A dog [runs].", "A dog [sleeps]."]),
    (["The old dog runs fast", "the dog runs very fast"], 0, ["The [old] dog runs fast", "the dog runs [very] fast"]),
    (["一个人站在大厅里。", "一个人坐在大厅里。"], 0, ["一个人[站]在大厅里。", "一个人[坐]在大厅里。"]),
    (["犬が走る", "犬が歩く", "猫が走る"], 0, ["犬が走る", "犬が[歩く]", "[猫]が走る"]),
    (["a b c d", "a x c d", "a b c y"], 1, ["a [b] c d", "a [x] c d", "a [b] c [y]"]),
    (["Alike.", "Alike."], 0, ["Alike.", "Alike."]),
    (["A man looks up.", "机械臂在大厅里缓慢移动"], 0, ["A man looks up.", "机械臂在大厅里缓慢移动"]),
    (["<b>bold</b> ${1} words", "<b>bold</b> ${2} words"], 0, ["<b>bold</b> ${[1]} words", "<b>bold</b> ${[2]} words"]),
]
"""Texts, which of them is the pivot, and the texts with what differs in brackets."""


def test_differences(page: Page, studio: str) -> None:
    page.goto(f"{studio}/healthz")
    for texts, pivot, marked in MARKED:
        found, whole = page.evaluate(DIFFERENCES, [texts, pivot])
        assert found == marked
        assert all(whole)


@pytest.mark.parametrize("width", [1280, 375])
def test_six_long_captions_fit_and_stay_in_reach(board: Callable[..., Board], width: int) -> None:
    at = board(tuple(f"Take {take}. {LONG}" for take in "abcdef"), width=width)
    at.open("?width=6")
    page = at.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(300)
    stage, actions = page.locator(".compare-board .stage"), page.locator(at.part("actions"))
    expect(stage).to_be_in_viewport(ratio=0.9)
    expect(actions).to_be_in_viewport(ratio=0.9)
    actions.get_by_role("button", name="Caption 6 is the best").click()
    at.saved()
    assert list(at.choices().values()) == [6]


def test_with_one_caption_a_clip_the_page_says_how_to_get_a_second(page: Page, studio: str, store: Store) -> None:
    with store.write() as session:
        add_clip(session, Made("Alone."))
    page.goto(f"{studio}/compare")
    empty = page.locator(".compare-board [data-part=empty]")
    expect(empty).to_contain_text("No clip has two captions yet.")
    expect(empty).to_contain_text("python app.py rerun")
    empty.get_by_role("link", name="Write further captions").click()
    expect(page).to_have_url(f"{studio}/rerun")


def test_standings_lead_to_a_comparison_of_the_chosen_and_put_a_winner_in_force(board: Callable[..., Board]) -> None:
    at = board(*[(f"One {n}.", f"Two {n}.", f"Three {n}.") for n in range(6)])
    for ballot in claim(at.store, "bob", limit=4):
        with at.store.read() as session:
            texts = [column.text for column in ballot.columns]
            models = session.scalars(select(Caption.model).where(Caption.text.in_(texts)).order_by(Caption.id)).all()
        prefer(at.store, "bob", ballot, models[0])
    page = at.page
    page.goto(f"{at.address}/compare?view=standings&by=model")
    rows = page.locator(".compare-standings tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator(".compare-standings .board")).to_contain_text("4 votes on 4 clips")

    line = page.locator(".compare-standings .who li").filter(has_text=f"{MODELS[1]}-1")
    line.get_by_role("button", name="Put in force").click()
    expect(line).to_contain_text("6 clips would get this caption")
    line.get_by_role("button", name="Put in force", exact=True).click()
    expect(page.locator(".compare-standings .told")).to_contain_text("In force on 6 clips.")
    assert in_force(at.store) == {f"{MODELS[1]}-1"}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".compare-standings .told")).to_contain_text("6 clips have their former caption again.")
    assert in_force(at.store) == {f"{MODELS[0]}-0"}

    page.locator(".compare-standings .who").get_by_label(f"{MODELS[2]}-2").uncheck()
    page.get_by_role("button", name="Compare these 2").click()
    page.wait_for_selector(".compare-board[data-ballot]")
    assert MODELS[0] not in page.url
    assert not any(text.startswith("Three") for text in page.locator(".compare-board .caption").all_inner_texts())


def in_force(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Caption.model).join(Clip, Clip.caption_id == Caption.id)))


def test_captions_are_text_and_nothing_else(board: Callable[..., Board]) -> None:
    payloads = ("<img src=x onerror='window.hit=1'>", "${Object.assign(window,{hit:1})}", "{{constructor}}")
    at = board(payloads)
    at.open("?width=3")
    assert set(at.page.locator(".compare-board .caption").all_inner_texts()) == set(payloads)
    assert at.page.evaluate("window.hit") is None

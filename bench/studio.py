"""How quick the studio is with a large library: `python -m bench.studio [--clips N] [--presses N] [--json]`.

The library is made: as many clips as asked for, each with a caption of sixty words; the first hundreds, which are looked
at, have pictures and a proxy, all the same moving picture. Then a studio serves it, a browser presses keys, and ten people
with accounts decide at once over HTTP. What is measured in the browser begins with the time stamp of the key press.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import func, select

from bench.reviewers import GAP_MS, PASSWORD, REVIEWERS, reviewers
from bench.spread import Spread
from bench.watched import fill
from db import users
from db.models import Clip, Event
from db.session import Store, open_store
from scripts.screenshots import FLAGS, browser_program, studio
from settings import Settings

LISTEN = """() => {
  const desk = document.querySelector('.review-desk');
  const shown = () => desk.dataset.clip || desk.querySelector('.tile')?.dataset.clip;
  const seen = () => [...desk.querySelectorAll('video')].find((video) => !video.hidden && video.readyState >= 2);
  window.answers = [];
  window.moving = [];
  const after = (does) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = does;
    port2.postMessage(0);
  };
  window.addEventListener('keydown', ({ timeStamp }) => {
    const before = shown();
    const look = () => requestAnimationFrame(() => {
      if (shown() === before) return look();
      return after(() => {
        window.answers.push(performance.now() - timeStamp);
        const frame = (_, { mediaTime }) => mediaTime > 0.01 && mediaTime < 2 && seen().currentTime < 3
          ? window.moving.push(performance.now() - timeStamp) : seen().requestVideoFrameCallback(frame);
        seen()?.requestVideoFrameCallback(frame);
      });
    });
    look();
  }, true);
}"""

GAPS = """() => {
  window.gaps = [];
  const next = (before) => requestAnimationFrame((now) => { window.gaps.push(now - before); next(now); });
  requestAnimationFrame(next);
}"""
SCROLLED_PX, NOTCH_PX, NOTCH_MS = 20_000, 120, 30
"""The Library's grid is turned on by so much, faster than anybody reads."""
OTHERS = ("library", "queue", "insights", "export")
"""Pages one goes to from the desk."""


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("Name").fill("browser")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def browse(page: Page, address: str, presses: int) -> list[Spread]:
    """The desk is opened, one clip after the other is accepted, then one page of twelve after the other."""
    sign_in(page, address)
    began = time.perf_counter()
    page.goto(f"{address}/review?speed=full")
    page.wait_for_selector(".review-desk[data-clip]")
    opened = (time.perf_counter() - began) * 1000
    one = press(page, "a", presses, GAP_MS)
    page.goto(f"{address}/review?speed=triage")
    page.wait_for_selector(".tile:nth-child(12)")
    pages = press(page, "Enter", presses // 6, GAP_MS * 6)
    return [
        Spread.of("the desk, from nothing to its first clip", [opened]),
        Spread.of("key to next clip seen", one["answers"]),
        Spread.of("key to next clip moving", one["moving"]),
        Spread.of("key to next twelve clips seen", pages["answers"]),
        Spread.of("from page to page", [visit(page, address, name) for name in OTHERS]),
        Spread.of("frame to frame while the grid is scrolled", scroll(page, address)),
    ]


def visit(page: Page, address: str, name: str) -> float:
    """Milliseconds from asking for a page to what is first seen of it."""
    page.goto(f"{address}/review?speed=full")
    page.wait_for_selector(".review-desk[data-clip]")
    began = time.perf_counter()
    page.goto(f"{address}/{name}", wait_until="commit")
    page.wait_for_selector("gradio-app .widget")
    return (time.perf_counter() - began) * 1000


def scroll(page: Page, address: str) -> list[float]:
    """The grid is turned on by the wheel, and goes on loading; milliseconds between the frames that the browser draws."""
    page.goto(f"{address}/library")
    page.wait_for_selector(".library .card")
    page.evaluate(GAPS)
    page.mouse.move(640, 500)
    for _ in range(SCROLLED_PX // NOTCH_PX):
        page.mouse.wheel(0, NOTCH_PX)
        page.wait_for_timeout(NOTCH_MS)
    gaps: list[float] = page.evaluate("window.gaps")
    if (moved := page.evaluate("scrollY")) < SCROLLED_PX / 2:
        raise SystemExit(f"the grid was scrolled by {moved} pixels only")
    return gaps[1:]


def press(page: Page, key: str, times: int, gap_ms: float) -> dict[str, list[float]]:
    page.wait_for_timeout(2000)
    page.evaluate(LISTEN)
    for _ in range(times):
        page.keyboard.press(key)
        page.wait_for_timeout(gap_ms)
    return {name: page.evaluate(f"window.{name}") for name in ("answers", "moving")}


def lost(store: Store) -> int:
    """Decisions that were acknowledged and cannot be told from the clips."""
    with store.read() as session:
        versions = session.scalar(select(func.sum(Clip.version))) or 0
        return (session.scalar(select(func.count(Event.id))) or 0) - versions


def measure(clips: int, presses: int) -> list[Spread]:
    with tempfile.TemporaryDirectory(prefix="studio-") as folder, sync_playwright() as playwright:
        settings = Settings(data=Path(folder) / "clapper-data")
        store = open_store(settings.database)
        fill(store, settings, clips)
        with store.write() as session:
            for name in ("browser", *(f"person{number}" for number in range(REVIEWERS))):
                users.add(session, name, PASSWORD, "reviewer")
        with studio(settings.data, "--auth") as address:
            browser = playwright.chromium.launch(executable_path=browser_program(), args=list(FLAGS))
            found = browse(browser.new_page(viewport={"width": 1280, "height": 800}), address, presses)
            browser.close()
            found += reviewers(address)
        if missing := lost(store):
            raise SystemExit(f"{missing} decisions were lost")
        store.close()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description="How quick the studio is with a large library.")
    parser.add_argument("--clips", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    given = parser.parse_args()
    found = measure(given.clips, given.presses)
    if not given.json:
        print(f"{'of ' + format(given.clips, ',') + ' clips':<42} {'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'most ms':>8}")
    for one in found:
        line = f"{one.what:<42} {one.n:5} {one.p50_ms:8} {one.p95_ms:8} {one.most_ms:8}"
        print(json.dumps(asdict(one)) if given.json else line, flush=True)


if __name__ == "__main__":
    main()

"""How quick the studio is with a large library: `python -m bench.studio [--clips N] [--presses N] [--json]`.

The library is made: as many clips as asked for, each with a caption of sixty words; the first hundreds, which are looked
at, have pictures and a proxy, all the same moving picture. Then a studio serves it, a browser presses keys, and ten people
with accounts decide at once over HTTP. What is measured in the browser begins with the time stamp of the key press.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import func, insert, select, update

from db import users
from db.models import Caption, Clip, Event, Score, Video
from db.session import Store, open_store
from pipelines.files import clip_folder
from scripts.screenshots import FLAGS, browser_program, studio
from settings import Settings

SECONDS, FPS, SIZE, TILES = 4, 24, (640, 360), 8
IN_ONE_INSERT = 5000
WATCHED = 600
"""Clips with files."""
REVIEWERS, DECISIONS_EACH = 10, 60
PASSWORD = "only for this measurement"
GAP_MS = 250
"""Between two key presses; somebody who reads nothing at all."""
INFO = {
    "container": "mov,mp4", "codec": "h264", "stream": 0, "width": SIZE[0], "height": SIZE[1], "rotation": 0,
    "sample_aspect": "1", "fps": float(FPS), "duration_s": 600.0, "time_base": "1/24", "first_pts": 0,
    "pixel_format": "yuv420p", "has_audio": False, "hdr": False,
}  # fmt: skip

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
"""The Library's grid is turned on by so much: some eighty rows, faster than anybody reads."""
OTHERS = ("library", "queue", "insights", "export")
"""Pages one goes to from the desk."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of many of the same."""

    what: str
    n: int
    p50_ms: float
    p95_ms: float
    most_ms: float

    @classmethod
    def of(cls, what: str, times_ms: Sequence[float]) -> Spread:
        found = np.percentile(times_ms or [0.0], [50, 95, 100])
        return cls(what, len(times_ms), *(round(float(value), 1) for value in found))


def fill(store: Store, settings: Settings, clips: int) -> None:
    """A hundred clips a video, captions, a score each; the files of those that will be looked at."""
    words = "a b c d e f g h i j".replace(" ", "ird ").split()
    text = " ".join(f"The {one} crosses the street and turns." for one in words)
    sheet = {"times_s": [(i + 0.5) * SECONDS / TILES for i in range(TILES)], "tile": [160, 90]}
    for start in range(0, clips, IN_ONE_INSERT):
        ids = range(start + 1, min(start + IN_ONE_INSERT, clips) + 1)
        videos = sorted({n // 100 + 1 for n in ids})
        with store.write() as session:
            rows = [{"id": n, "sha256": f"{n:064d}", "size_bytes": 1, "info": INFO, "created_at": 0.0} for n in videos]
            session.execute(insert(Video).prefix_with("OR IGNORE"), rows)
            session.execute(insert(Clip), [clip(n, sheet) for n in ids])
            captions = [
                {"id": n, "clip_id": n, "text": f"Clip {n}. {text}", "author": "machine", "created_at": 0.0} for n in ids
            ]
            session.execute(insert(Caption), captions)
            session.execute(insert(Score), [{"clip_id": n, "name": "motion", "value": n % 97 / 97} for n in ids])
            session.execute(update(Clip).where(Clip.id.between(ids[0], ids[-1])).values(caption_id=Clip.id))
    make_files(settings, [f"{n:032x}" for n in range(1, min(WATCHED, clips) + 1)])


def clip(n: int, sheet: dict[str, Any]) -> dict[str, Any]:
    start = n % 100 * SECONDS
    ticks = {"start_pts": start * FPS, "end_pts": (start + SECONDS) * FPS, "frames": SECONDS * FPS}
    times = {"start_s": float(start), "end_s": float(start + SECONDS)}
    return {"id": n, "key": f"{n:032x}", "video_id": n // 100 + 1, "sheet": sheet, "verdict": "kept", **ticks, **times}


def make_files(settings: Settings, keys: Sequence[str]) -> None:
    """One set of files under many names: a browser cannot know."""
    frames = list(moving())
    first = clip_folder(settings.clips, keys[0])
    first.mkdir(parents=True)
    with av.open(str(first / "proxy.mp4"), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "28", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    tiles = [frames[i * len(frames) // TILES][::4, ::4] for i in range(TILES)]
    Image.fromarray(np.concatenate(tiles, axis=1)).save(first / "sheet.jpg")
    Image.fromarray(frames[0]).save(first / "poster.jpg")
    for key in keys[1:]:
        folder = clip_folder(settings.clips, key)
        folder.mkdir(parents=True)
        for path in first.iterdir():
            os.link(path, folder / path.name)


def moving() -> Iterator[np.ndarray[Any, np.dtype[np.uint8]]]:
    """A texture that drifts to the right."""
    rough = np.random.default_rng(0).integers(30, 220, (SIZE[1] // 20, SIZE[0] // 10, 3), np.uint8)
    scene = rough.repeat(20, axis=0).repeat(20, axis=1)
    for n in range(SECONDS * FPS):
        yield np.ascontiguousarray(scene[:, n * 4 : n * 4 + SIZE[0]])


class Reviewer(threading.Thread):
    """Claims twelve clips, accepts four a second, claims again."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(name=name)
        self.address = address
        self.claims: list[float] = []
        self.decisions: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.address, timeout=60) as client:
            client.post("/login", data={"name": self.name, "password": PASSWORD})
            while len(self.decisions) < DECISIONS_EACH:
                asked = {"limit": 12, "count": not self.claims}
                for one in self.timed(client, "claim", asked, self.claims)["clips"]:
                    wish = {"clip_id": one["id"], "version": one["version"], "caption_id": one["caption_id"]}
                    self.timed(client, "decide", {**wish, "key": f"bench-{one['id']}", "action": "accept"}, self.decisions)
                    time.sleep(GAP_MS / 1000)

    def timed(self, client: httpx.Client, what: str, body: dict[str, Any], times: list[float]) -> dict[str, Any]:
        began = time.perf_counter()
        reply = client.post(f"/api/review/{what}", json=body)
        times.append((time.perf_counter() - began) * 1000)
        if reply.status_code != 200:
            self.refused.append(reply.text)
        found: dict[str, Any] = reply.json()
        return found


def reviewers(address: str) -> list[Spread]:
    """Ten people at once. Leases keep them apart, so a conflict would be a fault."""
    people = [Reviewer(address, f"person{number}") for number in range(REVIEWERS)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if refused := [text for one in people for text in one.refused]:
        raise SystemExit(f"{len(refused)} requests were refused, the first: {refused[0][:300]}")
    return [
        Spread.of("a claim of 12 clips, ten people at once", [each for one in people for each in one.claims]),
        Spread.of("a decision, ten people at once", [each for one in people for each in one.decisions]),
    ]


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
    """Milliseconds from asking for a page to what is first seen of it, by the browser's own clock."""
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

"""Pictures of every page for the README: `python -m scripts.screenshots` runs the demo, serves it, looks, and writes
`docs/images/PAGE-light.png` and `PAGE-dark.png`.

Uses the program as a person does, through `app.py` and a browser; needs what `make test` needs.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench.insights import fill
from db import decisions, spotchecks, verdicts
from db.decisions import Decision
from db.models import Clip
from db.sampling import Wish
from db.session import open_store

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")
SIZE = (1280, 800)
STARTS_WITHIN_S = 60
NAME = "alex"
"""Who is seen to use the studio, whoever runs this."""
CAPTION = "The Earth at night turns slowly against black space; city lights glow on its dark side and a thin rim shines."


def queue(page: Page) -> None:
    """A finished run, and the form filled in for the next."""
    page.get_by_label("Folders, videos or lists").fill("/data/films")
    page.locator("#job-list").get_by_text("done").first.wait_for()


def library(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('#library img').length > 3")
    page.wait_for_function("[...document.querySelectorAll('#library img')].slice(0, 4).every((img) => img.complete)")


def review(page: Page) -> None:
    page.wait_for_function(
        "[...document.querySelectorAll('.review-desk video')].some((v) => !v.hidden && v.readyState >= 2)"
    )
    page.keyboard.press("k")


def compare(page: Page) -> None:
    """What a person wrote beside what was measured, in an order drawn for whoever looks."""
    page.wait_for_function(
        "[...document.querySelectorAll('.compare-board video')].some((v) => !v.hidden && v.readyState >= 2)"
    )
    page.keyboard.press("k")


def triage(page: Page) -> None:
    page.wait_for_selector(".tile:nth-child(2)")
    page.wait_for_function("[...document.querySelectorAll('.tile video')].every((video) => video.readyState >= 2)")
    page.keyboard.press("2")


def export(page: Page) -> None:
    page.locator("#start-export").get_by_text("file_path").first.wait_for()


def admin(page: Page) -> None:
    page.locator(".admin [data-part=log] .line").first.wait_for()


def spot(page: Page) -> None:
    """A lot that is being looked at, one that passed, and the plan for a third."""
    page.locator(".spot .check").nth(1).wait_for()
    page.locator(".spot .plan .plot").wait_for()


def insights(page: Page) -> None:
    page.locator(".insights [data-part=days] .column").first.wait_for()
    page.locator(".insights [data-part=histogram] .column").first.wait_for()


PAGES: dict[str, Callable[[Page], None]] = {
    "queue": queue,
    "library": library,
    "review": review,
    "triage": triage,
    "spot": spot,
    "insights": insights,
    "compare": compare,
    "export": export,
    "admin": admin,
}
"""Picture → how to wait until there is something to see."""
OF_MANY = ("spot", "insights")
"""Pages that tell something of many clips alone."""
PLACES = {"triage": "review?speed=triage"}
"""Where, when it is not called like its picture."""


ENV = os.environ | {"LOGNAME": NAME}


def app(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "app.py"), *words]


def run(data: Path, *words: str) -> str:
    """What a command prints."""
    done = subprocess.run([*app(*words), "--data", str(data)], check=True, cwd=data.parent, env=ENV, stdout=subprocess.PIPE)
    return done.stdout.decode()


def prepare(data: Path) -> None:
    """The demo, two decisions by a person, and a training set of them."""
    run(data, "demo", "--no-serve")
    ids = {Path(clip["video"]).name: str(clip["id"]) for clip in map(json.loads, run(data, "clips").splitlines())}
    run(data, "review", ids["world.mp4"], "--text", CAPTION)
    run(data, "review", ids["a.mp4"], "--accept")
    run(data, "export", str(data / "exports" / "first-set"), "--format", "easyanimate")


def prepare_many(data: Path) -> None:
    """A made library of some thousand clips, as it takes lots and weeks to tell something, and two lots of it."""
    store = open_store(data / "clapper.db")
    fill(store, 3000)
    for at, wish in enumerate(
        (Wish(("run=1",), name="The first run"), Wish(("run=2",), sequential=True, limit=0.08, name="The second"))
    ):
        with store.write() as session:
            lot = spotchecks.draw(session, wish, by=NAME, key=f"key-of-lot-{at}", seed=7)
            for item in verdicts.items(session, lot)[: 200 if at == 0 else 30]:
                clip = session.get_one(Clip, item.clip_id)
                bad = at == 1 and item.clip_id % 29 == 0
                action, reason = ("reject", "caption: invents something") if bad else ("accept", "")
                decisions.decide(session, Decision(f"key-of-{clip.id}", clip.id, clip.version, action, reason=reason), NAME)
    with store.write() as session:
        spotchecks.accept(session, 1, by=NAME, key="key-of-accept")
    store.close()


@contextmanager
def studio(data: Path, *words: str) -> Iterator[str]:
    """The address of a studio that serves `data`, with these options, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = app("--data", str(data), "--port", str(port), "--no-worker", *words)
    process = subprocess.Popen(command, cwd=data.parent, env=ENV)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"the studio did not answer at {address} within {STARTS_WITHIN_S} s")


def shoot(browser: Browser, address: str, name: str, scheme: str) -> Path:
    """One page in one colour scheme, as a small PNG."""
    context = browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="dark" if scheme == "dark" else "light"
    )
    context.add_init_script("localStorage.setItem('clapper:first-steps-closed', '1')")
    page = context.new_page()
    page.goto(f"{address}/{PLACES.get(name, name)}")
    PAGES[name](page)
    page.wait_for_timeout(1200)  # late thumbnails, transitions, fonts
    target = IMAGES / f"{name}-{scheme}.png"
    page.screenshot(path=target)
    context.close()
    with Image.open(target) as picture:
        picture.convert("RGB").save(target, optimize=True)
    return target


def browser_program() -> str:
    program = os.environ.get("CLAPPER_TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("no Chromium found; install Debian's package chromium or set CLAPPER_TEST_BROWSER")
    return program


def main() -> None:
    program = browser_program()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="studio-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for made, names in ((prepare, [name for name in PAGES if name not in OF_MANY]), (prepare_many, OF_MANY)):
            data = Path(folder) / made.__name__
            made(data)
            with studio(data) as address:
                for name, scheme in product(names, ("light", "dark")):
                    picture = shoot(browser, address, name, scheme)
                    print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


if __name__ == "__main__":
    main()

"""The shell: pages are found, routed and framed; what Gradio must never be given is not there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from db.models import Login
from db.session import Store, open_store
from settings import Settings
from studio.frame import navigation
from studio.page import Page
from studio.shell import find_pages
from studio.words import LANGUAGES, Words, words
from studio.words.below import Below
from tests.studio.conftest import add_people, opened
from tests.support.library import Made, add_clip
from tests.support.studio import built

STUDIO = Path(__file__).parents[2] / "studio"
HEAVY = ("torch", "av", "cv2", "onnxruntime", "rapidocr", "scenedetect", "transformers")
MOST_COMPONENTS = 60
"""Of all pages together: what a recipe, method or format has to be set is drawn by a component of ours."""
BANNED = {"state", "gallery", "video", "timer", "file", "image", "audio", "uploadbutton", "downloadbutton", "fileexplorer"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("data") / "clapper.db")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[TestClient]:
    with opened(built(Settings(data=tmp_path_factory.mktemp("whole")), store)) as client:
        yield client


@pytest.fixture(scope="module")
def config(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/config").json()
    return found


def test_pages_come_in_the_order_of_the_work() -> None:
    titles = [words("en")(page.title) for page in find_pages()]
    assert titles[:6] == ["Queue", "Library", "Review", "Compare", "Spot check", "Re-run"]
    assert titles[6:] == ["Prompts", "Insights", "Export", "Models", "Admin"]


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.title)
def test_a_page_is_framed_before_any_script_has_run(client: TestClient, page: Page) -> None:
    text = client.get(page.path, headers={"accept-encoding": "br, gzip"}).text
    body = text[text.index("<body") :]
    assert f"<title>{words('en')(page.title)} · Clapper</title>" in text
    assert re.findall(r'<a href="([^"]+)" aria-current=page>', body) == [page.path]
    assert body.index('<nav class="frame"') < body.index("<gradio-app")
    assert re.findall(r'<a href="(/\w+)"', body) == [one.path for one in find_pages()]


def test_our_stylesheet_and_script_are_kept_for_ever(client: TestClient) -> None:
    for address in re.findall(r'"(/own/\w+\.(?:css|js))"', client.get("/queue").text):
        reply = client.get(address)
        assert reply.status_code == 200 and "immutable" in reply.headers["cache-control"]
        assert reply.text.strip()


def test_gradios_hashed_files_are_kept_and_its_pages_are_not(client: TestClient) -> None:
    text = client.get("/queue")
    assert text.headers["cache-control"] == "no-store"
    asset = re.search(r"\./(assets/index-[\w-]+\.js)", text.text)
    assert asset and "immutable" in client.get(f"/{asset[1]}").headers["cache-control"]


def test_a_name_cannot_become_markup() -> None:
    page = Page("a.title", "/x", 1, build=lambda studio: None, keys=(("<i>", "a.key"),))
    said = Words("en", {**words("en").sentences, "a.title": "<b>", "a.key": "<u>"}, Below.of({}))
    text = navigation([page], page, said, user="<script>", may_leave=True)
    assert not re.search(r"<(script|u|i)>", text) and "&lt;script&gt;" in text


def test_the_studio_opens_on_what_waits(client: TestClient, store: Store) -> None:
    assert client.get("/").headers["location"] == "/queue"
    with store.write() as session:
        add_clip(session, Made(verdict="dropped"))
    assert client.get("/").headers["location"] == "/queue"
    with store.write() as session:
        add_clip(session, Made(verdict="kept"))
    assert client.get("/").headers["location"] == "/review"


def test_nothing_of_gradio_that_hurts(config: dict[str, Any]) -> None:
    kinds = [component["type"] for component in config["components"]]
    assert not BANNED & set(kinds)
    assert len(kinds) < MOST_COMPONENTS * len(LANGUAGES)
    assert config["show_error"] is False and not config.get("footer_links")


def test_events_are_quick_and_private(config: dict[str, Any]) -> None:
    for event in config["dependencies"]:
        assert event["api_visibility"] == "private", event["api_name"]
        assert event["queue"] is False, event["api_name"]


def test_templates_hold_no_code(config: dict[str, Any]) -> None:
    sources = {path.name: path.read_text("utf-8") for path in STUDIO.rglob("*.html")}
    for component in config["components"]:
        for name in ("html_template", "css_template"):
            sources[f"{component['id']} {name}"] = component["props"].get(name) or ""
    for name, text in sources.items():
        assert "${" not in text and "{{" not in text, name


@pytest.mark.parametrize("path", sorted(STUDIO.rglob("*.js")), ids=lambda path: path.name)
def test_scripts_put_text_in_as_text(path: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text("utf-8")
    )


@pytest.mark.parametrize("path", sorted(STUDIO.rglob("*.js")), ids=lambda path: path.name)
def test_scripts_are_well_formed(path: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    text = path.read_text("utf-8")
    if node is None:
        assert text.count("{") == text.count("}")
        return
    copy = tmp_path / ("check.mjs" if re.search(r"^(export|import) ", text, re.M) else "check.js")
    copy.write_text(text if copy.suffix == ".mjs" else f"async () => {{\n{text}\n}};", "utf-8")
    done = subprocess.run([node, "--check", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_web_process_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from settings import Settings; "
        "from db.session import open_store; from studio.server import build; "
        f"s = Settings(data=pathlib.Path({str(tmp_path)!r})); build(s, open_store(s.database)); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=STUDIO.parent)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_logging_in_shows_ones_name_and_a_way_out(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, auth=True)
    store = open_store(settings.database)
    add_people(store)
    with opened(built(settings, store)) as client:
        client.post("/login", data={"name": "lin", "password": "open sesame"})
        text = client.get("/queue").text
    assert "<span>lin</span>" in text and 'action="/logout"' in text
    with store.read() as session:
        assert session.query(Login).count() == 1

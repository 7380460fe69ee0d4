"""Fetching weights, from a small hub on the loopback that knows the routes the hub's client uses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipelines import fetching, weights
from pipelines.catalogue import Model, find
from pipelines.errors import ClapperError, Usage

MODEL = Model(name="small", repo="org/small")
FIRST, SECOND = "a" * 40, "b" * 40
FILES = {"config.json": b"{}", "model.safetensors": b"weights" * 1000, "chat_template.jinja": b"hi", "LICENCE.txt": b"free"}
UNWANTED = {"pytorch_model.bin": b"pickle", "modeling.py": b"import os"}


class Hub(ThreadingHTTPServer):
    """Serves one model; `newest` is its commit, and `broken` a file that cannot be had."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.files, self.newest, self.broken = {**FILES, **UNWANTED}, FIRST, ""
        self.taken: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = self.path.partition("?")[0].strip("/").split("/")
        match parts:
            case ["api", "models", "org", "small", *rest] if not rest or rest[0] == "revision":
                self.tell(json.dumps(self.info(rest[1] if rest else self.server.newest)).encode(), "application/json")
            case ["api", "models", "org", "small", "tree", _]:
                self.tell(json.dumps(self.tree()).encode(), "application/json")
            case ["org", "small", "resolve", commit, name] if name in self.server.files and name != self.server.broken:
                if self.command == "GET":
                    self.server.taken.append((commit, name))
                self.tell(self.server.files[name], "application/octet-stream", commit)
            case _:
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound" if "resolve" in parts else "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()

    def info(self, commit: str) -> dict[str, Any]:
        return {"id": "org/small", "sha": commit, "siblings": [{"rfilename": name} for name in self.server.files]}

    def tree(self) -> list[dict[str, Any]]:
        files = {name: hashlib.sha1(data).hexdigest() for name, data in self.server.files.items()}
        return [
            {"type": "file", "path": name, "size": len(self.server.files[name]), "oid": oid} for name, oid in files.items()
        ]

    def tell(self, data: bytes, kind: str, commit: str = "") -> None:
        self.send_response(200)
        headers = {"Content-Type": kind, "Content-Length": str(len(data)), "ETag": f'"{hashlib.sha1(data).hexdigest()}"'}
        for name, value in {**headers, **({"X-Repo-Commit": commit} if commit else {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


@pytest.fixture
def hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub()
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    yield server
    server.shutdown()
    server.server_close()


def test_what_is_fetched_is_found_and_holds_nothing_that_could_run(hub: Hub, folder: Path) -> None:
    place = fetching.fetch(MODEL)
    assert place == folder / "org" / "small" == weights.find(MODEL)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == FILES
    assert fetching.locked() == {"org/small": FIRST}
    assert {commit for commit, _ in hub.taken} == {FIRST}


def test_the_commit_of_the_first_time_is_kept_to(hub: Hub, folder: Path) -> None:
    fetching.fetch(MODEL).rename(folder / "aside")
    hub.newest = SECOND
    fetching.fetch(MODEL)
    assert {commit for commit, _ in hub.taken} == {FIRST}


def test_the_commit_of_the_catalogue_comes_before_the_newest(hub: Hub) -> None:
    fetching.fetch(MODEL.model_copy(update={"revision": SECOND}))
    assert fetching.locked() == {"org/small": SECOND}


def test_half_a_model_is_none_and_is_gone_on_with(hub: Hub) -> None:
    hub.broken = "model.safetensors"
    with pytest.raises(ClapperError, match="org/small was not fetched"):
        fetching.fetch(MODEL)
    assert weights.find(MODEL) is None
    assert fetching.locked() == {}
    hub.broken = ""
    fetching.fetch(MODEL)
    names = [name for _, name in hub.taken]
    assert len(names) == len(set(names)) == len(FILES)


def test_what_is_here_is_not_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    (folder / "org" / "small").mkdir(parents=True)
    (folder / "org" / "small" / "config.json").write_text("{}")
    assert fetching.fetch(MODEL) == folder / "org" / "small"


def test_without_a_network_one_sentence_says_what_to_copy_where(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ClapperError, match=r"the hub cannot be reached .* put all files .* into .*org/small$"):
        fetching.fetch(MODEL)


def test_a_model_without_safetensors_is_refused(hub: Hub) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(Usage, match="no weights as safetensors"):
        fetching.fetch(MODEL)
    assert hub.taken == []


def test_a_model_that_the_hub_does_not_know(hub: Hub) -> None:
    with pytest.raises(ClapperError, match="the hub knows no such model"):
        fetching.fetch(Model(name="org/none", repo="org/none"))


@pytest.mark.parametrize(
    ("name", "why"),
    [("gpt-4o", "not published"), ("videoclip-xl", "not published as safetensors"), ("dog", "no model 'dog'")],
)
def test_what_cannot_be_fetched_says_why(folder: Path, name: str, why: str) -> None:
    with pytest.raises(Usage, match=why):
        fetching.fetch(find(name))


def test_a_spoilt_lock_is_named(hub: Hub, folder: Path) -> None:
    folder.mkdir()
    (folder / "models.lock").write_text("[")
    with pytest.raises(Usage, match=r"models\.lock cannot be read"):
        fetching.fetch(MODEL)

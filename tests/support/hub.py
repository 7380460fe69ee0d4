"""A small hub on the loopback that knows the routes that are asked when weights are fetched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.support import checkpoint

FIRST, SECOND = "a" * 40, "b" * 40
UNWANTED = {"pytorch_model.bin": b"pickle", "modeling.py": b"import os"}
STEP_BYTES = 1 << 16


class Hub(ThreadingHTTPServer):
    """Serves one model, `repo`; `newest` is its commit, and `broken` a file that cannot be had."""

    daemon_threads = True

    def __init__(self, repo: str = "org/small") -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.repo, self.newest, self.broken, self.gated = repo, FIRST, "", False
        self.files: dict[str, bytes] = {**checkpoint.FILES, "chat_template.jinja": b"hi", **UNWANTED}
        self.sums: dict[str, str] = {}
        """What is listed in place of a file's true sum."""
        self.taken: list[tuple[str, str, int]] = []
        """Commit, name, and the byte from which on."""
        self.breaks_at: int | None = None
        """The line breaks once after so many bytes of a file."""
        self.goes_on = Event()
        """Without it, an answer stops after `holds_at` bytes of a file until it is set."""
        self.holds_at: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """A client that was killed hangs up."""


class Answering(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub, parts = self.server, self.path.partition("?")[0].strip("/").split("/")
        match parts:
            case ["api", "models", org, name, *rest] if f"{org}/{name}" == hub.repo and (not rest or rest[0] == "revision"):
                self.tell(json.dumps(self.info(rest[1] if rest else hub.newest)).encode())
            case [_, _, "resolve", _, _] if hub.gated:
                self.refuse(403, "GatedRepo")
            case [_, _, "resolve", commit, name] if name in hub.files and name != hub.broken:
                start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
                hub.taken.append((commit, name, start))
                self.tell(hub.files[name], start)
            case _:
                self.refuse(404, "EntryNotFound" if "resolve" in parts else "RepoNotFound")

    def info(self, commit: str) -> dict[str, Any]:
        return {"id": self.server.repo, "sha": commit, "siblings": [self.listed(name) for name in self.server.files]}

    def listed(self, name: str) -> dict[str, Any]:
        data = self.server.files[name]
        lfs = {"size": len(data), "sha256": self.server.sums.get(name) or hashlib.sha256(data).hexdigest(), "pointerSize": 1}
        return {"rfilename": name, "size": len(data), **({"lfs": lfs} if name.endswith(".safetensors") else {})}

    def refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def tell(self, data: bytes, start: int = 0) -> None:
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        for at in range(start, len(data), STEP_BYTES):
            if not self._may_send(at):
                return
            self.wfile.write(data[at : at + STEP_BYTES])

    def _may_send(self, at: int) -> bool:
        """Waits, or says no where the line is to break."""
        hub = self.server
        if hub.breaks_at is not None and at >= hub.breaks_at:
            hub.breaks_at = None
            return False
        if hub.holds_at is not None and at >= hub.holds_at:
            self.wfile.flush()
            hub.goes_on.wait(30)
        return True

    def log_message(self, *_: Any) -> None: ...


def surround(monkeypatch: pytest.MonkeyPatch, hub: Hub, models: Path) -> None:
    """Let this process, and those it starts, ask this hub, with an empty models folder and an empty cache."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("CLAPPER_MODELS", str(models))
    monkeypatch.setenv("HF_HUB_CACHE", str(models / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(models / "cache"))


@contextmanager
def serving(repo: str = "org/small") -> Iterator[Hub]:
    """A hub that answers until the end of the block."""
    server = Hub(repo)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.goes_on.set()
        server.shutdown()
        server.server_close()

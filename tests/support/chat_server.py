"""A chat server on the loopback that behaves as a test wants: well, slowly, wrongly, or out of order.

Well-behaved, it says what it was shown: the mean colour of each picture, so that a caption on the wrong clip is seen.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from PIL import Image

Body = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the server does with one question."""

    text: str = ""
    finish: str | None = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    raw: bytes | None = None
    """Sent instead of an answer."""
    cut_after: int | None = None
    """Pieces after which the line is cut."""
    drips_s: float = 0.0
    """For so long it only says that it is still there."""
    tokens: tuple[int, int] = (100, 7)


Behaviour = Callable[[Body, int], Reply]
"""What to do with a question; its number counts from 0."""


def describe(body: Body, number: int = 0) -> Reply:
    """Say what was shown; in the shape that was asked for, if one was."""
    if shape := body.get("response_format"):
        return Reply(json.dumps(fill(shape["json_schema"]["schema"], body)))
    return Reply(words(body))


def words(body: Body) -> str:
    """A sentence that depends on all that was asked, and names the mean colours of the first and last picture."""
    shown = colours(body)
    ends = dict.fromkeys([*shown[:1], *shown[-1:]])
    seen = ", then ".join(f"red {r} green {g} blue {b}" for r, g, b in ends) or "no picture"
    return f"A view of {seen}, marked {fingerprint(body)}."


def fingerprint(body: Body) -> str:
    return hashlib.sha256(json.dumps(body["messages"], sort_keys=True).encode()).hexdigest()[:8]


def colours(body: Body) -> list[tuple[int, int, int]]:
    """The mean colour of each picture, rounded to sixteens."""
    return [tuple(int(value) // 16 * 16 for value in picture.mean(axis=(0, 1))) for picture in pictures(body)]  # type: ignore[misc]


def pictures(body: Body) -> list[Any]:
    parts = [part for message in body["messages"] if isinstance(message["content"], list) for part in message["content"]]
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")) for url in urls]


def text_of(body: Body) -> str:
    """All words of the question."""
    contents = [message["content"] for message in body["messages"]]
    parts = [part for content in contents if isinstance(content, list) for part in content if part["type"] == "text"]
    return "\n".join([*(content for content in contents if isinstance(content, str)), *(part["text"] for part in parts)])


def fill(schema: Any, body: Body) -> Any:
    """A value that obeys the schema."""
    wanted, shapes = schema, schema.get("$defs", {})
    while "$ref" in wanted:
        wanted = shapes[wanted["$ref"].rpartition("/")[2]]
    if "properties" not in wanted:
        return words(body)
    if "verdicts" in wanted["properties"]:
        numbers = [line.partition(". ")[0] for line in text_of(body).splitlines() if line.partition(". ")[0].isdigit()]
        return {"verdicts": [{"number": int(number), "verdict": "supported", "note": "seen"} for number in numbers]}
    return {
        name: [words(body)[:20]] if part.get("type") == "array" else words(body)
        for name, part in wanted["properties"].items()
    }


class ChatServer:
    """Runs until the `with` block ends."""

    def __init__(self, behave: Behaviour = describe, *, port: int = 0) -> None:
        self.behave = behave
        self.asked: list[Body] = []
        self.keys: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def start(self) -> None:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    @contextmanager
    def counted(self, body: Body, key: str) -> Iterator[int]:
        """The number of a question, while it is being answered."""
        with self._lock:
            self.asked.append(body)
            self.keys.append(key)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            number = len(self.asked) - 1
        yield number
        with self._lock:
            self._at_once -= 1


@contextmanager
def serving(behave: Behaviour = describe) -> Iterator[ChatServer]:
    server = ChatServer(behave)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with server.counted(body, self.headers.get("Authorization", "")) as number:
                reply = server.behave(body, number)
                time.sleep(reply.wait_s)
                try:
                    self._send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.raw is not None or reply.status != 200:
                data = reply.raw if reply.raw is not None else json.dumps({"error": {"message": reply.text}}).encode()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            until = time.monotonic() + reply.drips_s
            while time.monotonic() < until:
                self.wfile.write(b": still here\n\n")
                time.sleep(0.1)
            for index, chunk in enumerate(_chunks(reply)):
                if index == reply.cut_after:
                    break
                self.wfile.write(b"data: " + chunk + b"\n\n")
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    return Handler


def _chunks(reply: Reply) -> Iterator[bytes]:
    """An answer as it streams: a few characters a piece, why it ended, what it took."""
    base = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
    for start in range(0, len(reply.text), 4096):
        delta = {"index": 0, "delta": {"content": reply.text[start : start + 4096]}, "finish_reason": None}
        yield json.dumps({**base, "choices": [delta]}).encode()
    if reply.finish:
        yield json.dumps({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]}).encode()
    usage = {"prompt_tokens": reply.tokens[0], "completion_tokens": reply.tokens[1], "total_tokens": sum(reply.tokens)}
    yield json.dumps({**base, "choices": [], "usage": usage}).encode()
    yield b"[DONE]"


def main(port: int) -> None:
    """As a process of its own, until it is ended."""
    ChatServer(port=port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))

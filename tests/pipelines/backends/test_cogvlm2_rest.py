"""The REST service of CogVLM2-Video, played by a server that speaks its protocol to the letter."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import av
import numpy as np
import pytest

from pipelines.backends.chats import chosen, open_chat
from pipelines.chat import Chat, Decoding, Film, Request
from pipelines.errors import Fatal, NotNow, Refused

FILM = Film(
    np.stack([np.full((64, 96, 3), level, np.uint8) for level in (0, 120, 240)]), (0.0, 1.0, 2.0), (0, 30, 60), 75, 30.0
)
ASK = Request.of(FILM, "What happens?")


class Service:
    def __init__(self) -> None:
        self.forms: list[dict[str, bytes]] = []
        self.reply: tuple[int, bytes] = (200, json.dumps({"answer": "A square grows lighter."}).encode())


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts: Any = BytesParser().parsebytes(head + data).get_payload()
            named = ((part.get_param("name", header="content-disposition"), part) for part in parts)
            service.forms.append({name: part.get_payload(decode=True) for name, part in named})
            status, body = service.reply if self.path == "/video_qa" else (404, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    found = Service()
    http = HTTPServer(("127.0.0.1", 0), handler(found))
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("CLAPPER_SERVERS", f"cogvlm2=http://127.0.0.1:{http.server_port}")
    yield found
    http.shutdown()
    http.server_close()


@pytest.fixture
def chat(service: Service) -> Iterator[Chat]:
    found = open_chat("cogvlm2_rest", model="cogvlm2-caption")
    yield found
    found.close()


def test_a_film_and_a_question_go_and_an_answer_comes(service: Service, chat: Chat) -> None:
    warm = Request.of(FILM, "What happens?", decoding=Decoding(temperature=0.1))
    assert chat.ask(warm).text == "A square grows lighter."
    (form,) = service.forms
    assert (form["question"], form["temperature"]) == (b"What happens?", b"0.1")
    with av.open(io.BytesIO(form["video"])) as video:
        frames = [
            (round(float(frame.time), 2), int(frame.to_ndarray(format="gray").mean())) for frame in video.decode(video=0)
        ]
    assert [time_s for time_s, _ in frames] == [0.0, 1.0, 2.0]
    assert np.allclose([level for _, level in frames], [0, 120, 240], atol=8)


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ((500, b'{"error": "Traceback (most recent call last)"}'), Refused, "status 500"),
        ((400, b'{"error": "no video"}'), Refused, "status 400"),
        ((200, b"<html>"), Refused, "cannot be read"),
        ((200, b"[]"), Refused, "cannot be read"),
        ((503, b""), NotNow, "does not answer"),
        ((404, b""), Fatal, "has no /video_qa"),
    ],
)
def test_what_goes_wrong_is_told(
    reply: tuple[int, bytes], error: type[Exception], words: str, service: Service, chat: Chat
) -> None:
    service.reply = reply
    with pytest.raises(error, match=words) as caught:
        chat.ask(ASK)
    assert "Traceback" not in str(caught.value)


def test_it_needs_a_clip(chat: Chat) -> None:
    with pytest.raises(Refused, match="one clip and a question"):
        chat.ask(Request.of("Only words."))


def test_it_serves_its_own_model_alone(service: Service) -> None:
    with pytest.raises(Fatal, match="not qwen3-vl-8b"):
        chosen("cogvlm2_rest", model="qwen3-vl-8b")

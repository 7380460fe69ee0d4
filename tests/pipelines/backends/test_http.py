"""The HTTP backend against a server that behaves badly in every way a server can."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pipelines.backends import breaker as breakers
from pipelines.backends.chats import chosen, http, open_chat
from pipelines.catalogue import Model
from pipelines.chat import Chat, Decoding, Film, Picture, Request
from pipelines.errors import Cancelled, ClapperError, Fatal, NotNow, Refused
from tests.support.chat_server import Behaviour, ChatServer, Reply, colours, describe, serving, text_of

GREY = Picture(np.full((64, 64, 3), 128, np.uint8))
ASK = Request.of(GREY, "What is this?")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are cut short; how often is tried stays."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)
    monkeypatch.setattr(http, "FIRST_TOKEN_S", 0.6)
    monkeypatch.setattr(http, "WHOLE_S", 3.0)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def chat(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    monkeypatch.setenv("CLAPPER_SERVER", server.url)
    monkeypatch.setenv("CLAPPER_API_KEY", "secret-key")
    found = open_chat("http", model="qwen3-vl-8b")
    yield found
    found.close()


def always(reply: Reply) -> Behaviour:
    return lambda body, number: reply


def first(reply: Reply, times: int = 1) -> Behaviour:
    """Behaves badly at first."""
    return lambda body, number: reply if number < times else describe(body, number)


def sent(body: bytes, kind: str = "text/event-stream", **headers: str) -> Reply:
    """These bytes, whatever they are."""
    return Reply(raw=body, headers={"Content-Type": kind, **headers})


def events(*deltas: object, finish: str | None = "stop") -> bytes:
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    end = [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}]
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in [*chunks, *end]) + b"data: [DONE]\n\n"


def in_one_piece(content: object) -> bytes:
    message = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}], "model": "m"}
    return json.dumps({**message, "usage": {"prompt_tokens": 5, "completion_tokens": 3}}).encode()


CUT = Reply("A dog runs across a lawn. " * 2000, cut_after=2)
GOOD_AT_LAST: dict[str, Behaviour] = {
    "429, once": first(Reply("slow down", status=429, headers={"Retry-After": "0.05"})),
    "429 without a hint": first(Reply("slow down", status=429), 3),
    "500, twice": first(Reply("oops", status=500), 2),
    "502 with a page": first(Reply(status=502, raw=b"<html>Bad gateway</html>")),
    "503": first(Reply("starting", status=503), 3),
    "408": first(Reply("timeout", status=408)),
    "cut in the middle": first(CUT),
    "cut before the end is said": first(Reply("A dog", finish=None)),
    "hangs, once": first(Reply(wait_s=1.0)),
    "empty body": first(Reply(raw=b"")),
    "a web page": first(sent(b"<html>Welcome</html>", "text/html")),
    "no JSON": first(sent(b'data: {"a": "\\x41"}\n\n')),
    "no UTF-8": first(sent(b'data: {"a": "\xff"}\n\n')),
    "no object": first(sent(b"data: [1, 2]\n\ndata: [DONE]\n\n")),
    "not packed, though it says so": first(sent(b"no gzip", **{"Content-Encoding": "gzip"})),
    "an error in the middle": first(sent(b'data: {"error": {"message": "cache full"}}\n\n')),
}
ITS_OWN_FAULT: dict[str, tuple[Behaviour, str]] = {
    "500 for ever": (always(Reply("oops", status=500)), "server_error"),
    "400": (always(Reply("the picture is too large", status=400)), "model_refused"),
    "413 with a page": (always(Reply(status=413, raw=b"<html>too large</html>")), "model_refused"),
    "422": (always(Reply("unknown field", status=422)), "model_refused"),
    "cut for ever": (always(CUT), "bad_answer"),
    "ten megabytes": (always(Reply("x" * 10_000_000)), "bad_answer"),
    "a line without an end": (always(sent(b"data: " + b"x" * (33 << 20))), "bad_answer"),
    "an error without an end": (always(Reply(status=400, raw=b"x" * (33 << 20))), "model_refused"),
    "signs of life for ever": (always(Reply(drips_s=30)), "bad_answer"),
    "a web page for ever": (always(sent(b"<html>Welcome</html>", "text/html")), "bad_answer"),
}
NOBODYS_FAULT: dict[str, Behaviour] = {
    "429 for ever": always(Reply("slow down", status=429)),
    "503 for ever": always(Reply("starting", status=503)),
    "hangs for ever": always(Reply(wait_s=1.0)),
}
FATAL: dict[str, tuple[Behaviour, str]] = {
    "401": (always(Reply("bad key", status=401)), "does not accept the key"),
    "403": (always(Reply("forbidden", status=403)), "does not accept the key"),
    "404": (always(Reply("no such model", status=404)), "has no model"),
    "307": (always(Reply(status=307, headers={"Location": "http://127.0.0.1:1/"})), "sends on to another address"),
}
SAID: dict[str, tuple[bytes, str, str]] = {
    "thinks aloud": (events({"content": '<think>{"caption": "A cat."}</think>\n\nA dog.'}), "", "A dog."),
    "thinks, the beginning was in the prompt": (events({"content": "A cat? No.</think>A dog."}), "", "A dog."),
    "never stops thinking": (events({"content": "<think>A cat?"}, finish="length"), "", ""),
    "thinks elsewhere": (events({"reasoning_content": "A cat?"}, {"content": "A dog."}), "", "A dog."),
    "in parts": (events({"content": [{"type": "text", "text": "A "}, {"type": "text", "text": "dog."}]}), "", "A dog."),
    "nothing": (events({"content": None}), "", ""),
    "a tool": (events({"tool_calls": []}, finish="tool_calls"), "", ""),
    "half a character": (events({"content": "A \ud83d\x00dog."}), "", "A dog."),
    "in one piece": (in_one_piece("A dog."), "application/json", "A dog."),
    "parts in one piece": (in_one_piece([{"type": "text", "text": "A dog."}]), "application/json; charset=utf-8", "A dog."),
    "behind a mark": (b"\xef\xbb\xbf" + events({"content": ""}, {"content": "A dog."}), "", "A dog."),
}


@pytest.mark.parametrize("behave", GOOD_AT_LAST.values(), ids=GOOD_AT_LAST)
def test_what_passes_is_tried_again(behave: Behaviour, server: ChatServer, chat: Chat) -> None:
    server.behave = behave
    answer = chat.ask(ASK)
    assert answer.text.startswith("A view of red 128") and answer.finish == "stop"
    assert 2 <= len(server.asked) <= 6


@pytest.mark.parametrize(("behave", "kind"), ITS_OWN_FAULT.values(), ids=ITS_OWN_FAULT)
def test_a_question_that_cannot_be_answered_fails_alone(
    behave: Behaviour, kind: str, server: ChatServer, chat: Chat
) -> None:
    server.behave = behave
    with pytest.raises(Refused) as caught:
        chat.ask(ASK)
    assert caught.value.kind == kind
    assert "<html" not in str(caught.value) and len(str(caught.value)) < 400
    server.behave = describe
    assert chat.ask(ASK).finish == "stop"


@pytest.mark.parametrize("behave", NOBODYS_FAULT.values(), ids=NOBODYS_FAULT)
def test_a_server_that_is_away_costs_nothing(behave: Behaviour, server: ChatServer, chat: Chat) -> None:
    server.behave = behave
    with pytest.raises(NotNow, match="does not answer"):
        chat.ask(ASK)


@pytest.mark.parametrize(("behave", "words"), FATAL.values(), ids=FATAL)
def test_what_no_question_can_mend_stops_them_all(behave: Behaviour, words: str, server: ChatServer, chat: Chat) -> None:
    server.behave = behave
    with pytest.raises(Fatal, match=words) as caught:
        chat.ask(ASK)
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "finish", "text"),
    [
        (Reply("A dog", finish="length"), "length", "A dog"),
        (Reply("", finish="content_filter"), "blocked", ""),
        (Reply("", finish="stop"), "stop", ""),
        (Reply("Ünïcödé 狗 \u2028 ${x} {{y}}"), "stop", "Ünïcödé 狗 \u2028 ${x} {{y}}"),
    ],
    ids=["no tokens left", "filtered", "silent", "strange letters"],
)
def test_how_it_ended_is_told(reply: Reply, finish: str, text: str, server: ChatServer, chat: Chat) -> None:
    server.behave = always(reply)
    answer = chat.ask(ASK)
    assert (answer.finish, answer.text) == (finish, text)


@pytest.mark.parametrize(("body", "kind", "text"), SAID.values(), ids=SAID)
def test_what_was_said_is_kept_without_what_was_thought(
    body: bytes, kind: str, text: str, server: ChatServer, chat: Chat
) -> None:
    server.behave = always(sent(body, kind or "text/event-stream"))
    assert chat.ask(ASK).text == text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "The picture is too large."}}', "status 400: The picture is too large."),
        (b'{"message": "Too long."}', "status 400: Too long."),
        (b'{"detail": [{"loc": ["seed"], "msg": "extra"}]}', 'status 400: [{"loc": ["seed"], "msg": "extra"}]'),
        (b"no more\n  room", "status 400: no more room"),
        (b"<!doctype html><p>Sorry", "question: status 400"),
    ],
)
def test_the_servers_own_words_are_passed_on(body: bytes, words: str, server: ChatServer, chat: Chat) -> None:
    server.behave = always(Reply(status=400, raw=body))
    with pytest.raises(Refused) as caught:
        chat.ask(ASK)
    assert str(caught.value).endswith(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("response_format", "json_schema is not supported"),
        ("seed", '{"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}'),
        ("stream_options", "Unrecognized request argument supplied: stream_options"),
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    ],
)
def test_what_a_server_does_not_take_is_left_out_from_then_on(name: str, words: str, server: ChatServer, chat: Chat) -> None:
    server.behave = lambda body, number: Reply(words, status=400) if name in body else Reply("A dog.")
    request = Request.of("What?", decoding=Decoding(64, 0.7, 0.9, 5), schema={"type": "object"})
    assert chat.ask(request).text == chat.ask(request).text == "A dog."
    assert [name in body for body in server.asked] == [True, False, False]
    if name == "max_tokens":
        assert server.asked[-1]["max_completion_tokens"] == 64


def test_nobody_is_asked_while_the_server_rests(server: ChatServer, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    server.behave = always(Reply("starting", status=503))
    for _ in range(breakers.BREAKS_AFTER):
        with pytest.raises(NotNow):
            chat.ask(ASK)
    asked = len(server.asked)
    with pytest.raises(NotNow):
        chat.ask(ASK)
    assert len(server.asked) == asked
    monkeypatch.setattr(breakers.time, "monotonic", lambda now=breakers.time.monotonic: now() + breakers.REST_S + 1)
    server.behave = describe
    assert chat.ask(ASK).finish == "stop"


def test_a_server_that_stays_away_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = breakers.Breaker("http://here")
    assert isinstance(breaker.failed("gone"), NotNow)
    monkeypatch.setattr(breakers.time, "monotonic", lambda now=breakers.time.monotonic: now() + breakers.GIVES_UP_S + 1)
    assert isinstance(breaker.failed("gone"), Fatal)


def test_answers_reach_their_own_question_in_whatever_order_they_come(server: ChatServer, chat: Chat) -> None:
    server.behave = lambda body, number: Reply(describe(body).text, wait_s=(number * 7919 % 13) / 100)
    shades = [Picture(np.full((32, 32, 3), level, np.uint8)) for level in range(0, 256, 16)]
    with ThreadPoolExecutor(len(shades)) as pool:
        answers = list(pool.map(lambda shade: chat.ask(Request.of(shade, "Which grey?")), shades))
    for level, answer in zip(range(0, 256, 16), answers, strict=True):
        assert f"red {level} " in answer.text or f"red {level - 16} " in answer.text  # JPEG may round down
    assert server.most_at_once > 4


def test_what_is_sent(server: ChatServer, chat: Chat) -> None:
    film = Film(np.stack([np.full((32, 32, 3), level, np.uint8) for level in (0, 240)]), (0.0, 1.5), (0, 45), 60, 30.0)
    request = Request.of(film, "Go on.", system="Be brief.", decoding=Decoding(64, 0.7, 0.9, 5), schema={"type": "object"})
    answer = chat.ask(request)
    (body,) = server.asked
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    kinds = [part.get("text", part["type"]) for part in body["messages"][1]["content"]]
    assert kinds == ["0.0 s:", "image_url", "1.5 s:", "image_url", "Go on."]
    assert [colour[0] for colour in colours(body)] in ([0, 240], [0, 224])
    assert (body["max_tokens"], body["temperature"], body["top_p"], body["seed"]) == (64, 0.7, 0.9, 5)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert server.keys == ["Bearer secret-key"]
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (100, 7)


def test_the_price_is_the_catalogues(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SERVER", server.url)
    with closing(open_chat("http", model="gpt-4o")) as hosted:
        answer = hosted.ask(ASK)
    assert answer.usage.cost == pytest.approx((100 * 2.5 + 7 * 10) / 1e6)


def test_keys_come_from_files_and_belong_to_their_server(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    monkeypatch.setenv("CLAPPER_SERVERS", f"other=http://127.0.0.1:1/v1, fast={server.url}")
    monkeypatch.setenv("CLAPPER_API_KEY_FAST_FILE", str(tmp_path / "key"))
    with closing(open_chat("auto", model="x", server="fast")) as fast:
        fast.ask(ASK)
    assert server.keys == ["Bearer from-a-file"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CLAPPER_SERVERS", "no address", "is not name=address"),
        ("CLAPPER_SERVER", "ftp://here", "must begin with http"),
        ("CLAPPER_API_KEY_FILE", "/no/such/file", "cannot be read"),
    ],
)
def test_a_wrong_address_is_told(name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SERVER", "http://127.0.0.1:1/v1")
    monkeypatch.setenv(name, value)
    with pytest.raises(Fatal, match=words):
        open_chat("http", model="x")


def test_without_an_address_it_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAPPER_SERVER", raising=False)
    monkeypatch.delenv("CLAPPER_SERVERS", raising=False)
    with pytest.raises(Fatal, match="CLAPPER_SERVER names no address"):
        chosen("http", model="qwen3-vl-8b")


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with closing(http.HttpChat(Model(name="x", repo="x"), http.servers.Server("", place))) as chat, pytest.raises(NotNow):
        chat.ask(ASK)


def test_closing_ends_what_is_on_its_way(server: ChatServer, chat: Chat) -> None:
    server.behave = always(Reply("late", wait_s=0.5))
    caught: list[ClapperError] = []

    def ask() -> None:
        try:
            chat.ask(ASK)
        except ClapperError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while not server.asked:
        thread.join(0.01)
    chat.close()
    thread.join(5)
    assert not thread.is_alive()
    assert all(isinstance(error, Cancelled) for error in caught)
    assert json.dumps(text_of(server.asked[0]))

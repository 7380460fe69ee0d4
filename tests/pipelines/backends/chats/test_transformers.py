"""A model in the worker: what it takes to be there, and asking it from many threads as stages do."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.backends.chats import chosen, open_chat
from pipelines.backends.chats.transformers import Transformers
from pipelines.backends.engine import SHARED
from pipelines.catalogue import Model, find
from pipelines.chat import Chat, Decoding, Request
from pipelines.errors import Cancelled, ClapperError, Fatal, Refused
from tests.support.films import film

Tiny = Callable[[str], Path]


@pytest.fixture
def chat(tiny_model: Tiny) -> Iterator[Chat]:
    opened = open_chat("transformers", model=str(tiny_model("qwen3_vl")))
    yield opened
    opened.close()


def request(seed: int, words: int = 8) -> Request:
    return Request.of(film(4, seed=seed), "describe" + " it" * seed, decoding=Decoding(words))


def test_many_threads_get_the_answers_they_would_get_alone(chat: Chat) -> None:
    asked = [request(seed) for seed in range(8)]
    alone = [chat.ask(one) for one in asked]
    with ThreadPoolExecutor(chat.window) as pool:
        assert list(pool.map(chat.ask, asked)) == alone
    assert len({answer.text for answer in alone}) > 1


def test_an_answer_tells_its_tokens_and_its_time(chat: Chat, tiny_model: Tiny) -> None:
    answer = chat.ask(request(1))
    assert (answer.model, answer.finish) == (str(tiny_model("qwen3_vl")), "length")
    assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost) == (chat.count(request(1)), 8, 0.0)
    assert answer.usage.seconds > 0


def test_a_schema_is_no_obstacle(chat: Chat) -> None:
    """Nothing here can force it; who asked looks at the answer and asks again."""
    assert chat.ask(Request.of("describe", decoding=Decoding(4), schema={"type": "object"})).usage.tokens_out == 4


def test_one_that_is_too_long_spoils_no_other(chat: Chat) -> None:
    with ThreadPoolExecutor(3) as pool:
        long = pool.submit(chat.ask, Request.of("word " * 9000))
        short = pool.submit(chat.ask, request(0))
        assert isinstance(long.exception(), Refused)
        assert short.result().text


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("can't allocate memory: 1 TB")]
)
def test_memory_that_runs_out_halves_the_batch_for_good(
    error: RuntimeError, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = chat._engine  # type: ignore[attr-defined]
    generated, batches = engine.network._generated, []

    def short(inputs: dict[str, torch.Tensor], *others: Any) -> Any:
        batches.append(len(inputs["input_ids"]))
        if batches[-1] > 1:
            raise error
        return generated(inputs, *others)

    asked = [request(0) for _ in range(4)]
    expected, room = chat.ask(asked[0]), engine.batcher.tokens
    monkeypatch.setattr(engine.network, "_generated", short)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(chat.ask, asked)) == [expected] * 4
    assert max(batches) > 1
    assert engine.batcher.tokens < room
    batches.clear()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(chat.ask, asked))
    assert set(batches) == {1}


def test_another_mistake_of_the_network_is_told(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(chat._engine.network, "_generated", broken)  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="RuntimeError: shapes do not match"):
        chat.ask(request(0))


def test_a_card_that_stops_is_fatal_for_all(tiny_model: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = open_chat("transformers", model=str(tiny_model("qwen3_text")))

    def dead(*_: Any) -> Any:
        raise torch.AcceleratorError("device-side assert")

    monkeypatch.setattr(chat._engine.network, "_generated", dead)  # type: ignore[attr-defined]
    for _ in range(2):
        with pytest.raises(Fatal, match=r"the card stopped working .* start the worker again"):
            chat.ask(Request.of("a dog"))
    chat.close()


def test_nothing_goes_over_the_network(tiny_model: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(*_: Any) -> None:
        raise AssertionError("somebody reached for the network")

    monkeypatch.setattr("socket.socket.connect", no_way)
    monkeypatch.setattr("socket.getaddrinfo", no_way)
    opened = open_chat("transformers", model=str(tiny_model("smolvlm")))
    assert opened.ask(Request.of(film(2), "describe", decoding=Decoding(2))).usage.tokens_out == 2
    opened.close()


def test_stages_that_ask_the_same_model_share_it(tiny_model: Tiny) -> None:
    name = str(tiny_model("qwen3_text"))
    first, second = (open_chat("transformers", model=name) for _ in range(2))
    assert first._engine is second._engine  # type: ignore[attr-defined]
    first.close()
    assert second.ask(Request.of("a dog", decoding=Decoding(2))).usage.tokens_out == 2
    with pytest.raises(Fatal, match="was closed"):
        first.ask(Request.of("a dog"))
    second.close()
    second.close()
    assert not SHARED._held


def test_closing_ends_questions_on_their_way(tiny_model: Tiny) -> None:
    chat = open_chat("transformers", model=str(tiny_model("qwen3_text")))
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(chat.ask, Request.of("a dog", decoding=Decoding(8000)))
        while not chat._engine.network.busy_s and not waiting.running():  # type: ignore[attr-defined]
            time.sleep(0.01)
        threading.Event().wait(0.3)
        chat.close()
        assert isinstance(waiting.exception(20), Cancelled)


def test_who_knows_time_takes_films(tiny_model: Tiny) -> None:
    for name, takes in (("qwen3_vl", True), ("llava_next", False), ("qwen3_text", False)):
        opened = open_chat("transformers", model=str(tiny_model(name)))
        assert opened.takes_films is takes
        assert opened.window >= 2
        opened.close()


@pytest.mark.parametrize(
    ("model", "server", "reason"),
    [
        (
            "qwen3-vl-8b",
            "",
            r"the weights of qwen3-vl-8b are not here; put all files .* of Qwen/Qwen3-VL-8B-Instruct",
        ),
        ("gpt-4o", "", r"the weights of gpt-4o are not published"),
        ("qwen3-vl-8b", "mine", r"runs in the worker and knows no server 'mine'"),
        ("qwen3-vl-8b:int8", "", r"int8 needs bitsandbytes; run `make models`, or take the model as it is"),
    ],
)
def test_what_is_missing_is_said(
    model: str, server: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    there = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "bitsandbytes" else there(name))
    with pytest.raises(Fatal, match=reason):
        chosen("transformers", model=model, server=server)


def test_code_of_a_models_own_needs_its_commit_named(tiny_model: Tiny) -> None:
    model = Model(name="own", repo=str(tiny_model("qwen3_text")), remote_code=True)
    assert "own needs code of its own; set CLAPPER_ALLOW_CODE to " in (Transformers().missing(model, "") or "")


def test_bits_are_named_behind_the_model() -> None:
    assert (find("qwen3-vl-8b").bits, find("qwen3-vl-8b:int8").bits, find("some/model:int4").bits) == (16, 8, 4)
    assert find("qwen3-vl-8b:int8").repo == "Qwen/Qwen3-VL-8B-Instruct"
    assert find("llama3:8b").repo == "llama3:8b"


def test_a_model_that_cannot_be_loaded_leaves_nothing_behind(tiny_model: Tiny) -> None:
    with pytest.raises(ClapperError, match="writes no text"):
        open_chat("transformers", model=str(tiny_model("clip")))
    assert not SHARED._held

"""The HTTP backend against a real server that is not ours: `transformers serve` with a tiny network."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipelines.backends.chats.http import HttpChat
from pipelines.backends.server_process import ServerProcess
from pipelines.backends.servers import Server
from pipelines.catalogue import Model
from pipelines.chat import Chat, Decoding, Film, Picture, Request
from pipelines.child import ROOT

SHIM = Path(__file__).parents[2] / "support" / "shim"
BRIEF = Decoding(max_tokens=8)


@pytest.fixture(scope="module")
def chat(tiny_model: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    place = str(tiny_model("qwen2_5_vl"))

    def command(port: int) -> list[str]:
        cli = [sys.executable, "-m", "transformers.cli.transformers", "serve", place]
        return [*cli, "--device", "cpu", "--dtype", "float32", "--host", "127.0.0.1", "--port", str(port)]

    environment = {"PYTHONPATH": os.pathsep.join((str(SHIM), str(ROOT))), "HF_HUB_OFFLINE": "1"}
    process = ServerProcess(command, environment=environment, log=tmp_path_factory.mktemp("serve") / "log")
    found: Chat | None = None
    try:
        process.wait(90)
        found = HttpChat(Model(name="tiny", repo=place), Server("", f"{process.url}/v1"))
        yield found
    finally:
        if found:
            found.close()
        process.stop()


def shade(level: int) -> Picture:
    return Picture(np.full((56, 84, 3), level, np.uint8))


def test_words_pictures_and_frames_are_answered(chat: Chat) -> None:
    film = Film(np.stack([shade(level).pixels for level in (0, 200)]), (0.0, 1.5), (0, 45), 60, 30.0)
    for content in ((), (shade(90),), (shade(10), shade(240)), (film,)):
        answer = chat.ask(Request.of(*content, "Describe it.", decoding=BRIEF))
        assert answer.text and answer.finish in ("stop", "length")


def test_the_same_question_gets_the_same_answer_and_many_at_once_each_their_own(chat: Chat) -> None:
    requests = [Request.of(shade(30 * n), f"Number {n}.", decoding=BRIEF) for n in range(8)]
    alone = [chat.ask(request).text for request in requests]
    with ThreadPoolExecutor(8) as pool:
        together = [answer.text for answer in pool.map(chat.ask, requests)]
    assert together == alone
    assert len(set(alone)) > 1

"""A real sglang server with a tiny network: started, asked, killed and revived by Clapper. `make test-sglang` runs this.

Not part of `make test`: sglang has an environment of its own, a gigabyte of it. On a machine with a card the same tests run
against the ordinary install (`make test-gpu`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipelines.backends.chats import chosen, open_chat, sglang
from pipelines.catalogue import find
from pipelines.chat import Chat, Decoding, Film, Picture, Request
from pipelines.errors import NotNow
from tests import tiny
from tests.conftest import ROOT

HERE = Path(__file__).parent
CPU_FLAGS = (
    "--device cpu --dtype float32 --attention-backend torch_native --sampling-backend pytorch --mm-attention-backend sdpa "
    "--grammar-backend xgrammar --disable-radix-cache --disable-overlap-schedule --disable-cuda-graph --skip-server-warmup "
    "--max-total-tokens 4096 --context-length 4096"
)
FLAGS_OF_USE = {"--mem-fraction-static", "--chunked-prefill-size"}
PARSED = """
import argparse, sys
from sglang.srt.server_args import ServerArgs
parser = argparse.ArgumentParser()
ServerArgs.add_cli_args(parser)
parser.parse_args(sys.argv[1:])
"""
BRIEF = Decoding(max_tokens=8)
SCHEMA = {"type": "object", "properties": {"caption": {"type": "string", "maxLength": 8}}, "required": ["caption"]}

pytestmark = [pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        tiny.write("qwen2_5_vl", folder)
        patch.setenv("CLAPPER_LOGS", str(tmp_path_factory.mktemp("logs")))
        patch.delenv("CLAPPER_SERVER", raising=False)
        if not sglang.cards():
            patch.setenv("CLAPPER_SGLANG_FLAGS", CPU_FLAGS)
            patch.setenv("CLAPPER_SGLANG_PATH", os.pathsep.join(map(str, (HERE / "path", HERE.parent / "support" / "shim"))))
            patch.setenv("SGLANG_USE_CPU_ENGINE", "1")
        yield folder / "qwen2_5_vl"


@pytest.fixture(scope="module")
def chat(place: Path) -> Iterator[Chat]:
    assert sglang.python().exists(), "run `make test-sglang`, which sets its environment up"
    found = open_chat("sglang", model=str(place))
    yield found
    found.close()


def servers(chat: Chat) -> list[psutil.Process]:
    """The server and all it started."""
    (process,) = chat._servers.processes  # type: ignore[attr-defined]
    top = psutil.Process(process.pid)
    return [top, *top.children(recursive=True)]


def shade(level: int) -> Picture:
    return Picture(np.full((56, 84, 3), level, np.uint8))


def test_it_is_chosen_when_it_is_set_up(place: Path) -> None:
    assert chosen("auto", model=str(place)).name == "sglang"


@pytest.mark.parametrize("use", sglang.FLAGS)
def test_a_server_on_a_card_would_know_its_flags(use: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.pathsep.join([str(ROOT), os.environ.get("CLAPPER_SGLANG_PATH", "")])
    monkeypatch.setattr(sglang, "cards", lambda: ["0"])
    monkeypatch.setenv("CLAPPER_SGLANG_USE", use)
    monkeypatch.delenv("CLAPPER_SGLANG_FLAGS", raising=False)
    python, _, _, *options = sglang.command(find(str(place)), place, 1)
    assert set(options) >= FLAGS_OF_USE
    subprocess.run([python, "-c", PARSED, *options], env=os.environ | {"PYTHONPATH": path}, check=True, timeout=300)


def test_words_pictures_and_films(chat: Chat) -> None:
    film = Film(np.stack([shade(level).pixels for level in (0, 200)]), (0.0, 1.5), (0, 45), 60, 30.0)
    asked = [
        Request.of(*content, "Describe it.", decoding=BRIEF)
        for content in ((), (shade(90),), (shade(10), shade(240)), (film,))
    ]
    answers = [chat.ask(request) for request in asked]
    tokens = [answer.usage.tokens_in for answer in answers]
    assert tokens[0] < tokens[1] < tokens[2] <= tokens[3], "each picture costs tokens: it was looked at"
    assert all(answer.usage.tokens_out for answer in answers)
    assert answers[1].text == chat.ask(asked[1]).text, "the likeliest words are the same every time"


def test_a_schema_is_kept_to(chat: Chat) -> None:
    answer = chat.ask(Request.of("A caption as JSON.", decoding=Decoding(max_tokens=200), schema=SCHEMA))
    assert answer.text.lstrip().startswith("{")


def test_sixteen_at_once_each_get_their_own(chat: Chat) -> None:
    requests = [Request.of(shade(15 * n), f"Number {n}.", decoding=BRIEF) for n in range(16)]
    alone = [chat.ask(request).text for request in requests]
    with ThreadPoolExecutor(16) as pool:
        together = [answer.text for answer in pool.map(chat.ask, requests)]
    assert sum(one == other for one, other in zip(alone, together, strict=True)) >= 14  # batching moves the last digits
    assert len(set(alone)) > 1


def test_a_killed_server_is_started_again_and_nothing_is_left_of_it(chat: Chat) -> None:
    before = servers(chat)
    os.killpg(before[0].pid, signal.SIGKILL)
    deadline = time.monotonic() + 300
    answer = None
    while answer is None and time.monotonic() < deadline:
        try:
            answer = chat.ask(Request.of("Still there?", decoding=BRIEF))
        except NotNow:
            time.sleep(1)
    assert answer is not None and answer.usage.tokens_out
    assert {process.pid for process in servers(chat)}.isdisjoint(process.pid for process in before)
    assert not [process for process in before if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_closing_ends_all_of_it(chat: Chat) -> None:
    before = servers(chat)
    chat.close()
    _, alive = psutil.wait_procs(before, timeout=20)
    assert not alive

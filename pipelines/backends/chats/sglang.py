"""sglang in an environment of its own, started and watched by Clapper: one server a card, talked to over HTTP.

make sglang                 sets the environment up
CLAPPER_SGLANG              its interpreter, when it lies elsewhere
CLAPPER_SGLANG_FLAGS        more flags for the server
CLAPPER_SGLANG_USE          bulk (default): most clips an hour; interactive: least wait for one
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from pipelines import weights
from pipelines.backends.chats import BACKENDS, Backend
from pipelines.backends.chats.http import HttpChat
from pipelines.backends.replicas import Replicas
from pipelines.backends.server_process import ServerProcess
from pipelines.backends.servers import Server
from pipelines.backends.shared import Shared
from pipelines.catalogue import Model
from pipelines.chat import Answer, Chat, Decoding, Picture, Request
from pipelines.child import ROOT
from pipelines.errors import Fatal

PYTHON = ROOT / ".venv-sglang" / "bin" / "python"
PATIENCE_S = 900.0
"""Weights of a large model take minutes to load from a slow disk."""
WINDOW = 64
FLAGS = {
    "bulk": "--mem-fraction-static 0.85 --chunked-prefill-size 8192",
    "interactive": "--mem-fraction-static 0.75 --chunked-prefill-size 2048",
}
GOLDEN_PX = 224
EVERYTHING = sys.maxsize
"""A server takes what it finds free on a card, for the tokens that it remembers; no other network may sit there by then."""


@BACKENDS.register
class Sglang(Backend):
    """A server of Clapper's own."""

    name: ClassVar[str] = "sglang"
    about: ClassVar[str] = "sglang in an environment of its own, started and watched by Clapper; one server a card."
    order: ClassVar[int] = 10
    local: ClassVar[bool] = True

    def missing(self, model: Model, server: str) -> str | None:
        if server:
            return f"it is started by Clapper and knows no server {server!r}"
        if model.hosted:
            return f"the weights of {model.name} are not published"
        if not python().exists():
            return "its environment is not set up; run `make sglang`, or set CLAPPER_SGLANG to its interpreter"
        if weights.find(model) is None:
            return f"the weights of {model.name} are not here; {weights.advice(model)}"
        if not cards() and not extra_flags():
            return "there is no GPU here"
        return None

    def takes_bytes(self, model: Model) -> int:
        return EVERYTHING

    def open(self, model: Model, server: str) -> Chat:
        if reason := self.missing(model, server):
            raise Fatal(f"sglang: {reason}")
        return SglangChat(model)


class SglangChat(Chat):
    """The servers of a model, maybe shared with another stage of this worker."""

    takes_films = False

    def __init__(self, model: Model) -> None:
        self._key = weights.place(model)
        self._servers: Replicas | None = SHARED.take(self._key, partial(_replicas, model))
        self.model, self.window = model.repo, self._servers.window

    def ask(self, request: Request) -> Answer:
        if self._servers is None:
            raise Fatal(f"{self.model} was closed; open it again")
        return self._servers.ask(request)

    def close(self) -> None:
        if self._servers:
            SHARED.give_back(self._key)
        self._servers = None


SHARED: Shared[Replicas] = Shared()
"""Of this process."""


def python() -> Path:
    """The interpreter of sglang's environment."""
    return Path(os.environ.get("CLAPPER_SGLANG") or PYTHON)


def cards() -> list[str]:
    """Numbers of the NVIDIA cards that this process may use."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [number for number in visible.split(",") if number.strip()]
    with suppress(OSError, subprocess.SubprocessError):
        told = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=True)
        return [str(number) for number, line in enumerate(told.stdout.splitlines()) if line.startswith("GPU ")]
    return []


def extra_flags() -> list[str]:
    return shlex.split(os.environ.get("CLAPPER_SGLANG_FLAGS", ""))


def command(model: Model, place: Path, port: int) -> list[str]:
    """How the server is started."""
    use = os.environ.get("CLAPPER_SGLANG_USE", "bulk")
    if use not in FLAGS:
        raise Fatal(f"CLAPPER_SGLANG_USE is {use!r}; it may be {' or '.join(FLAGS)}")
    flags = FLAGS[use].split() if cards() else []
    return [
        str(python()), "-m", "sglang.launch_server", "--model-path", str(place), "--served-model-name", model.repo,
        "--host", "127.0.0.1", "--port", str(port), *flags, *extra_flags(),
    ]  # fmt: skip


def _replicas(model: Model) -> Replicas:
    start, line = partial(_started, model, weights.place(model)), partial(_line, model)
    return Replicas(model.repo, max(1, len(cards())), start=start, line=line, patience_s=PATIENCE_S, window=WINDOW)


def _started(model: Model, place: Path, number: int) -> ServerProcess:
    card = {"CUDA_VISIBLE_DEVICES": cards()[number]} if cards() else {}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("CLAPPER_SGLANG_PATH", ""))))
    environment = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": path, **card}
    log = Path(os.environ.get("CLAPPER_LOGS") or tempfile.gettempdir()) / f"sglang-{number}.log"
    return ServerProcess(partial(command, model, place), environment=environment, log=log)


def _line(model: Model, process: ServerProcess) -> Chat:
    """A chat with a healthy server, after a question that shows whether it really sees. Warms it up as well."""
    chat = HttpChat(model, Server("", f"{process.url}/v1"), window=WINDOW)
    if "caption" in model.does or not model.does:
        try:
            _must_see(chat, process)
        except Fatal:
            chat.close()
            raise
    return chat


def _must_see(chat: Chat, process: ServerProcess) -> None:
    """Servers have answered about pictures that they dropped: the picture has to cost tokens."""
    import numpy as np

    checks = (np.indices((GOLDEN_PX, GOLDEN_PX)).sum(axis=0) // 32 % 2 * 255).astype(np.uint8)
    picture = Picture(np.repeat(checks[:, :, None], 3, axis=2))
    words, decoding = "Describe the picture.", Decoding(max_tokens=8)
    blind = chat.ask(Request.of(words, decoding=decoding)).usage.tokens_in
    seeing = chat.ask(Request.of(picture, words, decoding=decoding)).usage.tokens_in
    if seeing <= blind + 8:
        raise Fatal(f"the server does not look at pictures ({blind} tokens without, {seeing} with one); see {process.log}")

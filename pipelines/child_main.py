"""What runs inside a child process: `python -m pipelines.child_main PARENT_PID MEMORY_BYTES`.

Reads one request a line, answers with lines (see `child`), ends when its input ends. Imports nothing heavy: the functions
it is asked for bring what they need.
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from pipelines.child import MESSAGE_BYTES
from pipelines.errors import Fatal

FILE_BYTES = 4 << 30
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


def main() -> None:
    parent, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = _private_pipes()
    faulthandler.enable()
    _limit(memory_bytes)
    _die_with(parent)
    for line in requests:
        _serve(json.loads(line), answers)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the worker under new numbers, so that a library that prints cannot break the conversation."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    if sys.platform == "linux":  # elsewhere the address space cannot be limited
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    os.nice(5)


def _die_with(parent: int) -> None:
    """Be killed when the worker is, even when it is killed without a chance to tidy up."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        raise SystemExit(1)


def _serve(request: dict[str, Any], answers: BinaryIO) -> None:
    end: dict[str, Any] = {"end": True}
    try:
        for message in _load(request["function"])(request["argument"]):
            _send(answers, {"message": message})
    except Exception as error:
        end = {"error": {"type": _type(error), "kind": getattr(error, "kind", ""), "text": str(error)}}
    _send(answers, end)


def _load(name: str) -> Callable[[Any], Iterable[Any]]:
    module, _, function = name.partition(":")
    try:
        found: Callable[[Any], Iterable[Any]] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise Fatal(f"{name} cannot be loaded ({error}); is everything installed?") from error
    return found


def _type(error: Exception) -> str:
    """Its class; running out of memory is the same whichever library says so."""
    if isinstance(error, MemoryError) or "Insufficient memory" in str(error):
        return "MemoryError"
    return type(error).__name__


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    # ASCII escapes keep lone surrogates, which is how undecodable bytes of file names travel
    line = json.dumps(answer, allow_nan=False).encode()
    if len(line) > MESSAGE_BYTES:
        raise ValueError(f"a message of {len(line)} bytes is longer than {MESSAGE_BYTES}")
    answers.write(line + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()

"""Functions that tests have run in a child process."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import Fatal, Refused, Usage

KEPT: list[bytearray] = []


def echo(argument: Any) -> Iterator[Any]:
    yield argument


def count(numbers: int) -> Iterator[int]:
    yield from range(numbers)


def whoami(_: Any) -> Iterator[dict[str, Any]]:
    yield {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "nice": os.nice(0),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "main": getattr(sys.modules["__main__"], "__spec__", None).name,  # type: ignore[union-attr]
        "stdin": Path("/proc/self/fd/0").readlink().as_posix(),
    }


def chatter(_: Any) -> Iterator[str]:
    """Print more than a pipe holds, from Python and from C, on both outputs."""
    for stream in (1, 2):
        os.write(stream, b'{"message": "forged"}\n')
        for _ in range(40):
            os.write(stream, b"x" * 8192)
    print('{"message": "forged"}', flush=True)
    yield "said"


def refuse(_: Any) -> Iterator[int]:
    yield 1
    raise Refused("too_odd", "it is too odd")


def misuse(_: Any) -> Iterator[int]:
    raise Usage("there is no such thing")
    yield


def break_down(_: Any) -> Iterator[int]:
    raise Fatal("the weights are missing")
    yield


def stumble(_: Any) -> Iterator[int]:
    raise KeyError("width")
    yield


def not_a_number(_: Any) -> Iterator[float]:
    yield float("nan")


def far_too_long(_: Any) -> Iterator[str]:
    yield "x" * (17 << 20)


def crash(_: Any) -> Iterator[int]:
    yield 1
    ctypes.string_at(0)


def die(number: int) -> Iterator[int]:
    os.kill(os.getpid(), number)
    yield 1


def leave(code: int) -> Iterator[int]:
    yield 1
    os._exit(code)


def sleep(seconds: float) -> Iterator[float]:
    yield os.getpid()
    time.sleep(seconds)
    yield seconds


def spin(_: Any) -> Iterator[int]:
    """Messages without end, as fast as they go."""
    while True:
        yield os.getpid()


def with_helper(_: Any) -> Iterator[int]:
    """Start another process, then hang."""
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield helper.pid
    time.sleep(60)


def eat(mebibytes: int) -> Iterator[int]:
    block = bytearray(os.urandom(1) * (mebibytes << 20))
    yield len(block)


def keep(mebibytes: int) -> Iterator[int]:
    """A leak."""
    KEPT.append(bytearray(os.urandom(1) * (mebibytes << 20)))
    yield mebibytes


def abort_like_cpp(_: Any) -> Iterator[int]:
    """What the C++ runtime does when `new` fails and nobody catches it."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.kill(os.getpid(), signal.SIGABRT)
    yield 1


def forge(line: str) -> Iterator[int]:
    """Write `line` straight into the pipe of answers, as a decoder taken over by its input could."""
    for number in range(3, 20):
        try:
            os.write(number, line.encode() + b"\n")
        except OSError:
            continue
    time.sleep(5)
    yield 1

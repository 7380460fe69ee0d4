"""Risky work in a process that may be killed: decoders crash, hang and eat memory, and the worker must outlive them.

    worker ── {"function", "argument"} ──▶ child      one JSON line a call
           ◀── {"message"} {"message"} ──             as they are found
           ◀── {"end"} or {"error"} ─────

JSON, not pickle: a decoder taken over by its input can send wrong numbers, but cannot run code in the worker.
What happens on the other side is in `child_main`.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipelines.errors import Cancelled, Fatal, Refused, Usage

ROOT = Path(__file__).parent.parent
TICK_S = 0.2
"""How often cancellation is looked for."""
MESSAGE_BYTES = 16 << 20
STDERR_BYTES = 4096
READ_BYTES = 1 << 16
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""Nothing else of the environment reaches the child, so no key does."""
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""Files are spread over processes; threads of the libraries would only reserve memory. Small pictures come and go with every
frame: memory that is kept is not asked of the system, and filled with zeros, each time anew."""
MEMORY_WORDS = (b"bad_alloc", b"MemoryError", b"allocate memory", b"out of memory")


class Child:
    """One child process, started at the first call, used for many, replaced when it died or grew.

    For one thread at a time. The child ends when the thread that started it ends, however that happens.
    """

    def __init__(self, *, memory_bytes: int = 3 << 30, recycle_calls: int = 50, recycle_bytes: int = 1 << 30) -> None:
        self._memory_bytes = memory_bytes
        self._recycle_calls = recycle_calls
        self._recycle_bytes = recycle_bytes
        self._process: _Process | None = None
        self._busy = False

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the process that would answer the next call; None when one would have to be started."""
        return self._process.pid if self._process else None

    def call(
        self, function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool] = lambda: False
    ) -> Generator[Any, None, None]:
        """Run `function` ("package.module:name") on `argument` in the child; yield what it yields, as it comes.

        `seconds` counts the time spent waiting for the child, not the time the caller takes between two messages.
        Raises what the function raised (`Refused`, `Usage`, `Fatal`), `Refused` of kind `time_limit`, `memory_limit`,
        `decoder_crash` or `stage_error` (any other exception), and `Cancelled`.
        """
        if self._busy:
            raise RuntimeError("a child answers one call at a time")
        self._busy, whole = True, False
        watch = _Watch(seconds, cancelled)
        try:
            process = self._ready()
            process.send({"function": function, "argument": argument})
            while "message" in (answer := process.receive(watch)):
                with watch.paused():
                    yield answer["message"]
            whole = True
            self._recycle(process)
            _raise(answer.get("error"))
        finally:
            if not whole:
                self.close()
            self._busy = False

    def run(self, function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool] = lambda: False) -> Any:
        """`call` for a function that yields exactly one message: that message."""
        (message,) = self.call(function, argument, seconds=seconds, cancelled=cancelled)
        return message

    def close(self) -> None:
        """Kill the child with everything it started. The next call starts a new one."""
        process, self._process = self._process, None
        if process:
            process.kill()

    def _ready(self) -> _Process:
        if self._process is None or not self._process.alive():
            self.close()
            self._process = _Process(self._memory_bytes)
        self._process.calls += 1
        return self._process

    def _recycle(self, process: _Process) -> None:
        _, resident = process.memory_bytes()
        if resident > self._recycle_bytes or process.calls >= self._recycle_calls:
            self.close()


class _Watch:
    """The time a call has left, and whether somebody wants it stopped."""

    def __init__(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._cancelled = cancelled
        self._deadline = time.monotonic() + seconds
        self._next_look = 0.0

    def check(self) -> float:
        """Seconds until the next check is due; raises when the call has to stop."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + TICK_S
            if self._cancelled():
                raise Cancelled("stopped on request")
        if now >= self._deadline:
            raise _time_limit(self._seconds)
        return min(self._deadline, self._next_look) - now

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time in here does not count."""
        since = time.monotonic()
        yield
        self._deadline += time.monotonic() - since


class _Process:
    """A running child and the pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self._limit_bytes = memory_bytes
        self._popen = subprocess.Popen(
            # -P: no folder but the project and the installed packages is searched for modules
            [sys.executable, "-P", "-m", "pipelines.child_main", str(os.getpid()), str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment | ONE_CORE | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        self.calls = 0
        self._largest_bytes = 0
        self._lines = bytearray()
        self._stderr = bytearray()
        self._selector = selectors.DefaultSelector()
        for pipe in (self._popen.stdout, self._popen.stderr):
            assert pipe is not None
            self._selector.register(pipe, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def memory_bytes(self) -> tuple[int, int]:
        """Address space and resident size; zeros where the system does not say."""
        with suppress(OSError):
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()
            return int(pages[0]) * PAGE_BYTES, int(pages[1]) * PAGE_BYTES
        return 0, 0

    def send(self, request: dict[str, Any]) -> None:
        assert self._popen.stdin is not None
        line = json.dumps(request, allow_nan=False).encode() + b"\n"
        with suppress(BrokenPipeError):  # it died; reading will tell how
            while line:
                line = line[self._popen.stdin.write(line) or 0 :]

    def receive(self, watch: _Watch) -> dict[str, Any]:
        """The next answer."""
        while True:
            wait_s = watch.check()
            if (end := self._lines.find(b"\n")) >= 0:
                line = bytes(self._lines[:end])
                del self._lines[: end + 1]
                return _answer(line)
            if len(self._lines) > MESSAGE_BYTES:
                raise _garbled()
            if not self._read(wait_s):
                raise self._death()

    def _read(self, seconds: float) -> bool:
        """Take what the pipes hold; whether the pipe of answers is still open."""
        self._largest_bytes = max(self._largest_bytes, self.memory_bytes()[0])
        for key, _ in self._selector.select(seconds):
            data = os.read(key.fd, READ_BYTES)
            if not data:
                self._selector.unregister(key.fileobj)
            if key.fileobj is self._popen.stdout:
                self._lines += data
            else:
                self._stderr = (self._stderr + data)[-STDERR_BYTES:]
        return self._popen.stdout in self._selector.get_map()

    def _death(self) -> Refused:
        """Why it is gone, for people; the end of what it printed is in the notes."""
        self._bury(seconds=1.0)
        self._read(0)
        if self._largest_bytes > 0.9 * self._limit_bytes or any(word in self._stderr for word in MEMORY_WORDS):
            error = _memory_limit()
        else:
            error = Refused("decoder_crash", f"the decoder crashed ({self._cause()}); the file is probably damaged")
        error.add_note(self._stderr.decode("utf-8", "replace"))
        return error

    def _cause(self) -> str:
        code = self._popen.returncode
        with suppress(ValueError):
            return signal.Signals(-code).name
        return f"exit code {code}"

    def _bury(self, seconds: float) -> None:
        """Wait for its end, but no longer than `seconds`, then kill it and all it started."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        self._kill_group()
        self._popen.wait()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        self._bury(seconds=0.0)
        self._selector.close()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            assert pipe is not None
            pipe.close()


def _answer(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _garbled() from None
    if not _well_formed(answer):
        raise _garbled()
    return answer  # type: ignore[no-any-return]


def _well_formed(answer: Any) -> bool:
    return (
        isinstance(answer, dict)
        and bool(answer.keys() & {"message", "end", "error"})
        and isinstance(answer.get("error", {}), dict)
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _time_limit(seconds: float) -> Refused:
    text = f"it took longer than the {seconds:g} s allowed and was stopped; the file may be damaged, or need a higher limit"
    return Refused("time_limit", text)


def _garbled() -> Refused:
    return Refused("decoder_crash", "the decoder's answer could not be read; the file is probably damaged")


def _memory_limit() -> Refused:
    return Refused("memory_limit", "reading it takes more memory than one file may have; make a smaller copy of it")


def _raise(error: Any) -> None:
    """Raise what the child says it caught. Only our own errors keep their class."""
    if not error:
        return
    kind, text = str(error.get("kind")), str(error.get("text"))
    match error.get("type"):
        case "Refused":
            raise Refused(kind, text)
        case "Usage":
            raise Usage(text)
        case "Fatal":
            raise Fatal(text)
        case "MemoryError":
            raise _memory_limit()
        case other:
            raise Refused("stage_error", f"{other}: {text}")

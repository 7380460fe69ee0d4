"""Answers of strangers that come to an end: none is longer than `MOST_BYTES`, none takes longer than it may.

The time-out of a client counts from byte to byte: a server that sends a sign of life every few seconds would never meet it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx2

MOST_BYTES = 32 << 20
MOST_ERROR_BYTES = 64 << 10
"""Of an answer that only says what is wrong; the rest is not read."""


class Endless(Exception):
    """The answer does not end, or not in time."""


def hook(seconds: float) -> Callable[[httpx2.Response], None]:
    """For the client's event `response`: bounds every answer before a byte of it is read."""

    def bound(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = Bounded(response.stream, seconds=seconds, is_error=response.status_code >= 300)

    return bound


class Bounded(httpx2.SyncByteStream):
    """The bytes of one answer."""

    def __init__(self, stream: httpx2.SyncByteStream, *, seconds: float, is_error: bool) -> None:
        self._stream, self._is_error = stream, is_error
        self._left = MOST_ERROR_BYTES if is_error else MOST_BYTES
        self._deadline = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0 and self._is_error:
                return
            if self._left < 0:
                raise Endless("the answer does not end")
            if time.monotonic() > self._deadline:
                raise Endless("the answer took too long")
            yield piece

    def close(self) -> None:
        self._stream.close()

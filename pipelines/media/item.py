"""A clip that is to become a file, and how the file takes its place."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import Fatal


@dataclass(frozen=True, slots=True)
class Item:
    """A clip and the file it goes to. Times in ticks of the source."""

    start_pts: int
    end_pts: int
    dest: str
    frames: int | None = None
    """How many there must be; None takes what can be decoded."""
    crop: tuple[int, int, int, int] | None = None
    """What to keep of the upright picture: x, y, width and height in pixels; None keeps all."""


@contextmanager
def replacing(dest: Path) -> Iterator[Path]:
    """A name beside `dest` to write to; it takes the place of `dest` when the block ends well, and is gone when not.

    Raises `Fatal` when the disk is full."""
    part = dest.with_name(f".{dest.name}.{os.getpid()}.part")
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(dest)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Fatal(f"the disk is full: {dest.parent} takes no more; free some space and start again") from None
        raise
    finally:
        part.unlink(missing_ok=True)

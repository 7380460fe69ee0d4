"""Where a clip's files lie, the sum of a file, and how one is written so that nobody ever sees half of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def clip_folder(clips: Path, key: str) -> Path:
    """Where the files of one clip live: two levels, so that no folder grows beyond a few thousand entries."""
    return clips / key[:2] / key


def sha256_of(path: Path) -> str:
    """In hex digits; the file is read a piece at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` under a temporary name, make it durable, then give it its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

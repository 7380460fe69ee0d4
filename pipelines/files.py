"""Where a clip's files lie, and how a file is written so that nobody ever sees half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def clip_folder(clips: Path, key: str) -> Path:
    """Where the files of one clip live: two levels, so that no folder grows beyond a few thousand entries."""
    return clips / key[:2] / key


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

"""The light copies take bounded room: those nobody watched for longest go first; they can be made again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEEP = 0.9
"""Share of the limit that is left after pruning, so that the next copy does not prune again."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A proxy on disk."""

    used_at: float
    size_bytes: int
    path: str


def prune(clips: Path, *, limit_bytes: int) -> int:
    """Delete proxies below `clips` until they take at most `KEEP` of the limit, if they take more than it; how many."""
    copies = sorted(proxies(clips), key=lambda copy: copy.used_at)
    total = sum(copy.size_bytes for copy in copies)
    if total <= limit_bytes:
        return 0
    gone = 0
    for copy in copies:
        if total <= KEEP * limit_bytes:
            break
        Path(copy.path).unlink(missing_ok=True)
        total -= copy.size_bytes
        gone += 1
    return gone


def proxies(clips: Path) -> Iterator[Copy]:
    """Every proxy there is. Used means watched, or made if nobody watched."""
    for outer in _folders(clips):
        for inner in _folders(outer.path):
            path = os.path.join(inner.path, "proxy.mp4")  # noqa: PTH118 - asked for a hundred thousand times
            try:
                facts = Path(path).stat()
            except FileNotFoundError:
                continue
            yield Copy(max(facts.st_atime, facts.st_mtime), facts.st_size, path)


def _folders(path: str | Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            yield from (entry for entry in entries if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return

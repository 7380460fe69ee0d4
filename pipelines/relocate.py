"""Finding files again after their folder moved: at the same place below the new one, else anywhere in it by content."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.errors import Refused
from pipelines.ingest import Identity, content_hash, identify


@dataclass(frozen=True, slots=True)
class Lost:
    """A file as it was known, and where it should lie below the folder's new place."""

    path: str
    expected: str
    """Absolute; undecodable bytes as surrogate escapes, as in all paths here."""
    sha256: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Match:
    """Where a lost file lies now."""

    lost: Lost
    path: str
    identity: Identity
    by_content: bool
    """It was hashed; else its place, size and time are the same."""


def relocate(lost: Iterable[Lost], folder: str) -> Iterator[Match | Lost]:
    """Each lost file as a match, or as it was given when it is nowhere in `folder`."""
    elsewhere = _BySize(folder)
    for one in lost:
        yield _in_place(one) or elsewhere.find(one) or one


def _in_place(lost: Lost) -> Match | None:
    """The file at its expected place: believed when size and time are the same, hashed when only the size is."""
    try:
        found = identify(lost.expected)
    except Refused:
        return None
    if found.size_bytes != lost.size_bytes:
        return None
    if found.mtime_ns == lost.mtime_ns:
        return Match(lost, lost.expected, found, by_content=False)
    return _hashed(lost, lost.expected)


def _hashed(lost: Lost, path: str) -> Match | None:
    try:
        same = content_hash(path) == lost.sha256
        return Match(lost, path, identify(path), by_content=True) if same else None
    except Refused:
        return None


class _BySize:
    """All files below a folder, by size; listed when the first of them is asked for."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._paths: defaultdict[int, list[str]] | None = None

    def find(self, lost: Lost) -> Match | None:
        """A file of the same content, whatever it is called."""
        if self._paths is None:
            self._paths = self._list()
        candidates = (path for path in self._paths[lost.size_bytes] if path != lost.expected)
        return next(filter(None, (_hashed(lost, path) for path in candidates)), None)

    def _list(self) -> defaultdict[int, list[str]]:
        found: defaultdict[int, list[str]] = defaultdict(list)
        for root, _, names in os.walk(self._folder):
            for path in (os.path.join(root, name) for name in sorted(names)):  # noqa: PTH118 - paths stay text
                try:
                    found[identify(path).size_bytes].append(path)
                except Refused:
                    continue
        return found

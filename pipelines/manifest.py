"""What an export says of itself, and how a later one finds what it may take over.

manifest.json        with what it was made: counts, options, rules, prompts, versions
manifest.files       a JSON line a file: name and SHA-256; of a clip also how it was cut
manifest.left_out    a JSON line a clip that is not in it, with the reason

None of them holds the time of day. The endings keep trainers that read every .json or .jsonl of a folder away from the
lists, which may be as long as the export.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import Usage
from pipelines.files import sha256_of
from pipelines.kinds import ClipFile
from pipelines.tables import as_json

MANIFEST, FILES, LEFT_OUT = "manifest.json", "manifest.files", "manifest.left_out"
OWN = (MANIFEST, FILES, LEFT_OUT)
SCHEMA = 1


@cache
def clapper_version() -> str:
    """Of this program."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


class FileList:
    """The list of files, while it is being written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / FILES).open("w", encoding="utf-8")
        self._latest = ""
        self.count = self.size_bytes = 0

    def clip(self, file: ClipFile, *, cut: str) -> None:
        """A clip, and how it was cut; once, with however many captions it comes in a row."""
        if file.name != self._latest:
            self._add({**asdict(file), "cut": cut})
            self._latest = file.name

    def others(self) -> None:
        """All files that are not listed yet, in order."""
        self._file.flush()
        listed = Index(self._folder / FILES, "name")
        for name in walk(self._folder):
            if name not in OWN and listed.line(name) is None:
                path = self._folder / name
                self._add({"name": name, "sha256": sha256_of(path), "size_bytes": path.stat().st_size})

    def close(self) -> None:
        self._file.close()

    def _add(self, line: Mapping[str, Any]) -> None:
        self.count += 1
        self.size_bytes += line["size_bytes"]
        self._file.write(as_json(line) + "\n")


class Index:
    """Finds the lines of a list on disk by one of their fields, holding 16 bytes of memory a line."""

    def __init__(self, path: Path, field: str) -> None:
        import numpy as np

        self._path, self._field = path, field
        pairs = np.fromiter(self._pairs(), dtype=[("hash", np.uint64), ("at", np.uint64)])
        pairs.sort(order="hash")
        self._hashes, self._places = pairs["hash"], pairs["at"]

    def line(self, value: str) -> dict[str, Any] | None:
        """The line whose field has this value."""
        wanted = _hash(value)
        place = int(self._hashes.searchsorted(wanted))
        while place < len(self._hashes) and int(self._hashes[place]) == wanted:
            found = self._read(int(self._places[place]))
            if found.get(self._field) == value:
                return found
            place += 1
        return None

    def _pairs(self) -> Iterator[tuple[int, int]]:
        at = 0
        with self._path.open("rb") as file:
            for line in file:
                if (value := json.loads(line).get(self._field)) is not None:
                    yield _hash(value), at
                at += len(line)

    def _read(self, at: int) -> dict[str, Any]:
        with self._path.open("rb") as file:
            file.seek(at)
            found: dict[str, Any] = json.loads(file.readline())
            return found


@dataclass(frozen=True, slots=True)
class Former:
    """An export that is there already: its clips may be taken over."""

    folder: Path
    cuts: Index

    def find(self, cut: str) -> tuple[Path, ClipFile] | None:
        """A clip that was cut just so, if its file is still what was written there."""
        line = self.cuts.line(cut)
        path = self.folder / line["name"] if line else None
        if line is None or path is None or not path.is_file() or sha256_of(path) != line["sha256"]:
            return None
        return path, ClipFile(**{name: line[name] for name in ClipFile.__slots__})


def former_at(dest: Path) -> Former | None:
    """The export at `dest`, None when nothing is there. Raises `Usage` when anything else is: it would be lost."""
    if not dest.name:
        raise Usage(f"{dest} cannot be replaced by an export; choose another folder")
    if not dest.exists():
        return None
    if not dest.is_dir():
        raise Usage(f"{dest} is a file; an export needs a folder of its own")
    if next(walk(dest), None) is None:
        return None
    former = opened(dest)
    if former is None:
        raise Usage(f"{dest} is not empty and holds no export of Clapper; choose another folder")
    listed = Index(dest / FILES, "name")
    for name in walk(dest):
        if name not in OWN and listed.line(name) is None:
            raise Usage(f"{dest} also holds {name}, which would be lost; move it away or choose another folder")
    return former


def opened(folder: Path) -> Former | None:
    """The export in `folder`; None when there is none that can be read."""
    try:
        known = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Former(folder, Index(folder / FILES, "cut")) if known["schema"] == SCHEMA and known["clapper"] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def walk(folder: Path) -> Iterator[str]:
    """Names of all files and links below `folder`, relative to it, in order."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(root, name).is_symlink()]
        for name in sorted([*files, *links]):
            yield Path(root, name).relative_to(folder).as_posix()


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """The last file of an export."""
    known = {"clapper": clapper_version(), "schema": SCHEMA, **facts}
    text = json.dumps(known, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", errors="replace")


def _hash(value: str) -> int:
    return int.from_bytes(hashlib.blake2b(value.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")

"""Find videos in folders and lists, and know a file by its content.

    "footage/"   ─┐                      ┌─ Found    a file to be tried
    "a.mp4"      ─┼─ find ───────────────┤
    "list.csv"   ─┘                      └─ Problem  why something was not found; the rest goes on

Nothing is opened here but lists; whether a file really is a video, only decoding it can tell.
"""

# Paths stay text here, as they were written:
# ruff: noqa: PTH100, PTH111, PTH112, PTH116, PTH118, PTH122

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import Cancelled, Refused
from pipelines.lists import LISTS, ListError, rows

CONTAINERS = "mp4 m4v mov qt mkv webm avi divx flv f4v ts mts m2ts m2t mpg mpeg m2v vob wmv asf ogv 3gp 3g2"
"""What a folder is searched for: containers that are read. No gif: rarely footage, and its few bytes can claim gigabytes."""
VIDEO_EXTENSIONS = frozenset("." + name for name in CONTAINERS.split())
BLOCK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a video."""

    path: str
    """Absolute, with undecodable bytes as surrogate escapes; or an address to fetch it from."""
    given: str
    """As the person wrote it, fit for showing; for a file in a folder the folder as written and the way from there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was asked for and cannot be had."""

    given: str
    kind: str
    reason: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """When none of these changed, the content is taken to be the same and is not hashed again."""

    size_bytes: int
    mtime_ns: int
    inode: int


def find(given: str, *, root: str | None = None, column: str = "path") -> Iterator[Found | Problem]:
    """Every file that `given` stands for: a folder with all below it, a list (txt, csv, tsv, jsonl, json), or one file.

    Paths in a list are relative to `root`, or to the folder of the list; `column` is where tables keep them.
    """
    path = os.path.abspath(os.path.expanduser(given))
    if is_url(given):
        yield Found(given, shown(given))
    elif os.path.isdir(path):
        yield from _folder(path, given)
    elif _extension(path) in LISTS:
        yield from _list(path, given, root or str(Path(path).parent), column)
    elif os.path.lexists(path):
        yield Found(path, shown(given))
    else:
        yield Problem(shown(given), "not_found", "there is no such file or folder; is the path right, and the disk mounted?")


def is_url(text: str) -> bool:
    """It names something elsewhere, to be fetched: https://…, s3://…"""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def shown(path: str) -> str:
    """`path` fit for showing and storing: each undecodable byte becomes a question mark."""
    return path.encode("utf-8", "replace").decode()


def identify(path: str) -> Identity:
    """Size, time and inode of a file that can be read, or `Refused`. Nothing is opened, as a FIFO would block for ever."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise _unreachable(error) from None
    if not stat.S_ISREG(status.st_mode):
        raise Refused("not_regular_file", f"this is {_thing(status.st_mode)}, not a regular file; only files can be read")
    if status.st_size == 0:
        raise Refused("empty_file", "the file is empty; copy it again")
    if not os.access(path, os.R_OK, effective_ids=True):
        raise _unreachable(PermissionError(errno.EACCES, ""))
    return _identity(status)


def content_hash(path: str, cancelled: Callable[[], bool] = lambda: False) -> str:
    """SHA-256 of the file's bytes, as hex. Raises `Cancelled`, and `Refused` also when somebody wrote meanwhile."""
    before = identify(path)
    try:
        with open(os.path.realpath(path), "rb", buffering=0, opener=_open_plainly) as file:
            same = _identity(os.fstat(file.fileno())) == before
            digest = hashlib.sha256()
            while same and (block := file.read(BLOCK_BYTES)):
                if cancelled():
                    raise Cancelled("stopped on request")
                digest.update(block)
            same = same and file.tell() == before.size_bytes
    except OSError as error:
        raise _unreachable(error) from None
    if not same or identify(path) != before:
        raise Refused("changed_during_read", "the file changed while it was read; wait until it is complete, then retry")
    return digest.hexdigest()


def _open_plainly(path: str, flags: int) -> int:
    """Should a link or a FIFO have taken the file's place since it was looked at: neither followed nor waited for."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _identity(status: os.stat_result) -> Identity:
    return Identity(status.st_size, status.st_mtime_ns, status.st_ino)


def _thing(mode: int) -> str:
    names = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


def _unreachable(error: OSError | ValueError) -> Refused:
    match getattr(error, "errno", None):
        case errno.ENOENT | errno.ENOTDIR:
            return Refused("not_found", "the file is not there; it was moved or deleted, or is a link that leads nowhere")
        case errno.ELOOP:
            return Refused("link_loop", "the link leads round in a circle; replace it by the file")
        case errno.EACCES | errno.EPERM:
            return Refused("permission_denied", "the file may not be read by this account; change its permissions")
        case errno.ENAMETOOLONG:
            return Refused("name_too_long", "the path is longer than the system allows; move the file nearer to the root")
        case None:
            return Refused("not_found", "no file can have this name; is the list damaged?")
    cause = (getattr(error, "strerror", None) or "unknown").lower()
    return Refused("io_error", f"the disk could not read the file ({cause}); check the disk, then retry")


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _folder(top: str, given: str) -> Iterator[Found | Problem]:
    """All videos below `top`: files before folders, both by name. Hidden ones are skipped, no folder is read twice."""
    waiting, seen, empty = [top], set[tuple[int, int]](), True
    while waiting:
        folder = waiting.pop()
        try:
            here = os.stat(folder)
            if (here.st_dev, here.st_ino) in seen:
                continue
            seen.add((here.st_dev, here.st_ino))
            files, folders = _contents(folder)
        except OSError as error:
            empty = False
            yield Problem(_way(folder, top, given), _unreachable(error).kind, _unreadable_folder(error))
            continue
        waiting += reversed(folders)
        for path in files:
            empty = False
            yield Found(path, _way(path, top, given))
    if empty:
        yield Problem(shown(given), "no_videos", "there is no video in this folder (mp4, mov, mkv, webm, avi, …)")


def _contents(folder: str) -> tuple[list[str], list[str]]:
    """Videos and folders in `folder`, by name. A pipe called x.mp4 counts, so that somebody is told about it."""
    with os.scandir(folder) as entries:
        visible = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    folders = [entry.path for entry in visible if _is_folder(entry)]
    videos = [entry.path for entry in visible if _extension(entry.name) in VIDEO_EXTENSIONS and not _is_folder(entry)]
    return videos, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _way(path: str, top: str, given: str) -> str:
    return shown(os.path.join(given, os.path.relpath(path, top))) if path != top else shown(given)


def _unreadable_folder(error: OSError) -> str:
    cause = (error.strerror or "unknown").lower()
    return f"the folder cannot be read ({cause}); what is in it was left out"


def _list(path: str, given: str, root: str, column: str) -> Iterator[Found | Problem]:
    """The files a list names. A line that names none is a problem of its own; a list that cannot be read is a single one."""
    empty = True
    try:
        identify(path)
        for line, entry in rows(path, column):
            empty = False
            yield from _row(entry, root, f"line {line} of {shown(given)}")
    except (Refused, ListError) as error:
        yield Problem(shown(given), error.kind, str(error))
    else:
        if empty:
            yield Problem(shown(given), "no_videos", "the list names no files; is it the right one?")


def _row(entry: str | None, root: str, place: str) -> Iterator[Found | Problem]:
    if entry is None:
        yield Problem(place, "bad_row", f"{place} names no file; correct or remove it")
        return
    path = os.path.abspath(os.path.join(root, entry))
    if is_url(entry):
        yield Found(entry, shown(entry))
    elif os.path.isdir(path):
        yield from _folder(path, entry)
    elif os.path.lexists(path):
        yield Found(path, shown(entry))
    else:
        yield Problem(
            shown(entry), "not_found", f"{place} names a file that is not there; are paths relative to {shown(root)}?"
        )

"""Replacing a whole folder in one step, so that nobody ever finds half of one.

dest/  ← what readers see           .dest.part-PID/  ← being written, locked while its writer lives
when complete the two swap names; what was killed in between is cleared away by the next writer
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipelines.errors import Usage

AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def swapped_in(dest: Path) -> Iterator[Path]:
    """An empty folder beside `dest`; it takes the place of `dest` when the block ends well, and is gone when not.

    Raises `Usage` while another process is writing to the same `dest`."""
    dest.parent.mkdir(parents=True, exist_ok=True)
    part = dest.with_name(f".{dest.name}.part-{os.getpid()}")
    with _locked(dest.parent, wait=True):
        _clear_leftovers(dest)
        part.mkdir()
        held = _lock(part, wait=False)
    try:
        yield part
        sync_tree(part)
        _swap(part, dest)
        sync(dest.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if held is not None:
            os.close(held)


def sync(path: Path) -> None:
    """Make a file or folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make a folder durable with all that is in it."""
    for root, _, files in os.walk(folder):
        for name in files:
            sync(Path(root, name))
        sync(Path(root))


def _clear_leftovers(dest: Path) -> None:
    for aside in dest.parent.glob(f".{_literal(dest.name)}.old-*"):
        if dest.exists():
            shutil.rmtree(aside)
        else:  # killed between two renames: what was there comes back
            aside.rename(dest)
    for part in dest.parent.glob(f".{_literal(dest.name)}.part-*"):
        held = _lock(part, wait=False)
        if held is None:
            raise Usage(f"{dest} is being written by another export; wait for it or choose another folder")
        shutil.rmtree(part)
        os.close(held)


def _swap(part: Path, dest: Path) -> None:
    """Afterwards `dest` is the new folder; the old one, if any, has the name `part`."""
    if not dest.exists() or not any(dest.iterdir()):
        part.rename(dest)  # an empty folder may be renamed over
    elif not _exchange(part, dest):
        aside = dest.with_name(f".{dest.name}.old-{os.getpid()}")
        dest.rename(aside)
        part.rename(dest)
        shutil.rmtree(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Both names swap what they name in a single step; False where the system or the file system cannot."""
    with suppress(AttributeError, OSError):
        done: int = ctypes.CDLL(None).renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
        return done == 0
    return False


@contextmanager
def _locked(folder: Path, *, wait: bool) -> Iterator[None]:
    held = _lock(folder, wait=wait)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """A handle that holds the folder until it is closed or its process dies; None when somebody else does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        return None
    return handle


def _literal(name: str) -> str:
    """For a glob: the name itself, whatever signs are in it."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)

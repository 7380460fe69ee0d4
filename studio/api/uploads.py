"""Videos and lists from the browser, streamed straight to disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from pipelines.ingest import VIDEO_EXTENSIONS
from pipelines.lists import LISTS
from studio.page import Studio

BATCH = r"^[0-9a-z][0-9a-z-]{7,39}$"
LONGEST_NAME = 200
"""Bytes; file systems allow 255, and a temporary name needs some."""
MIB = 1 << 20


def routes(studio: Studio) -> APIRouter:
    router = APIRouter()
    most = studio.settings.max_upload_mib * MIB

    @router.put("/api/uploads/{batch}/{name}", status_code=201)
    async def upload(request: Request, name: str, batch: str = InPath(pattern=BATCH)) -> dict[str, str]:
        """One file of a batch; all files of a batch lie in one folder, whose path is the answer."""
        folder = studio.settings.uploads / batch
        path = folder / fit_name(name)
        await run_in_threadpool(make_room, folder, path, claimed_size(request), most)
        await store(request.stream(), path, most)
        return {"folder": str(folder), "path": str(path)}

    return router


def fit_name(name: str) -> str:
    """The name when it is safe and of a kind that is read; never a path."""
    if name.startswith(".") or "/" in name or "\\" in name or not name.isprintable() or len(name.encode()) > LONGEST_NAME:
        raise HTTPException(400, f"{name[:80]!r} is no name for an upload; rename the file")
    if Path(name).suffix.lower() not in VIDEO_EXTENSIONS | LISTS.keys():
        raise HTTPException(415, f"{name} is neither a video nor a list; lists are {', '.join(sorted(LISTS))}")
    return name


def claimed_size(request: Request) -> int:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411, "the size of an upload must be known before it begins")
    return int(length)


def make_room(folder: Path, path: Path, size: int, most: int) -> None:
    """Refuse what cannot fit before a byte of it has come."""
    if size > most:
        raise HTTPException(
            413, f"{path.name} has {size / MIB:.0f} MiB, and an upload may have {most // MIB} MiB; queue its path"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise HTTPException(409, f"{path.name} is already there")
    if shutil.disk_usage(folder).free < size + 64 * MIB:
        raise HTTPException(507, f"there is no room for {path.name} on the studio's disk")


async def store(parts: AsyncIterator[bytes], path: Path, most: int) -> None:
    """Write to a temporary name, and rename when whole: half an upload is never taken for a video."""
    part = path.with_name(f".{path.name}.part")
    try:
        file = part.open("xb")
    except FileExistsError:
        raise HTTPException(409, f"{path.name} is being uploaded already") from None
    try:
        with file:
            async for data in parts:
                if file.tell() + len(data) > most:
                    raise HTTPException(413, f"{path.name} is larger than the {most // MIB} MiB an upload may have")
                await run_in_threadpool(file.write, data)
            await run_in_threadpool(_flush, file)
        part.rename(path)
    except ClientDisconnect:
        raise HTTPException(400, "the upload was broken off") from None
    except OSError as error:
        raise HTTPException(507, f"{path.name} could not be stored: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

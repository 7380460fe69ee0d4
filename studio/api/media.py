"""Pictures and proxies by the key of a clip: never a path from a client, fixed types, ranges, and kept by the browser."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response

from pipelines.errors import Refused
from pipelines.files import clip_folder
from studio.page import Studio
from studio.proxies import Proxies

KEY = r"^[0-9a-f]{32}$"
PICTURES = {"poster.jpg", "sheet.jpg"}
PROXY_CACHE = "private, max-age=86400, immutable"
"""The name says which frames: a proxy never changes."""
PICTURE_CACHE = "private, max-age=300"
"""A scan with other settings may sample other frames of the same clip."""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(include_in_schema=False)  # files, for browsers
    proxies = Proxies(studio.settings, studio.store)

    @router.api_route("/media/{key}/proxy.mp4", methods=["GET", "HEAD"])
    async def proxy(request: Request, key: str = InPath(pattern=KEY)) -> Response:
        try:
            path = await proxies.ready(key)
            watched(path)
            return send(request, path, "video/mp4")
        except Refused as error:
            raise HTTPException(404, str(error)) from None

    @router.api_route("/media/{key}/{picture}", methods=["GET", "HEAD"])
    async def image(request: Request, picture: str, key: str = InPath(pattern=KEY)) -> Response:
        if picture not in PICTURES:
            raise HTTPException(404, "a clip has poster.jpg, sheet.jpg and proxy.mp4")
        return send(request, clip_folder(studio.settings.clips, key) / picture, "image/jpeg", cache=PICTURE_CACHE)

    return router


def watched(path: Path) -> None:
    """Note that somebody watches it, for the cache that drops what nobody does; the time of writing stays."""
    with suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def send(request: Request, path: Path, kind: str, *, cache: str = PROXY_CACHE) -> Response:
    """The file, a part of it, or "you have it already"."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise HTTPException(404, f"this clip has no {path.name} yet") from None
    etag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    headers = {
        "etag": etag,
        "cache-control": cache,
        "last-modified": formatdate(facts.st_mtime, usegmt=True),
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=kind, stat_result=facts)

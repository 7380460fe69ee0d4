"""The scripts that components share, as modules the browser imports."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from studio.page import Studio

SCRIPTS = Path(__file__).parent.parent / "components" / "scripts"


def routes(_studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/own/scripts")
    known = {path.name: path.read_bytes() for path in SCRIPTS.glob("*.js")}

    @router.get("/{name}")
    async def script(name: str, request: Request) -> Response:
        if name not in known:
            raise HTTPException(404, f"there is no script {name}")
        etag = f'"{hashlib.sha256(known[name]).hexdigest()[:16]}"'
        headers = {"etag": etag, "cache-control": "no-cache"}  # asked for each time, sent again only when changed
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(known[name], media_type="text/javascript", headers=headers)

    return router

"""What the browser needs before anything else: our stylesheet and script, the first page, a sign of life."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import text

from db import reviews
from studio.page import Studio

FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


def routes(studio: Studio) -> APIRouter:
    router = APIRouter()
    assets = studio.assets

    @router.get(f"/own/{assets.version}.css")
    async def css() -> Response:
        return Response(assets.css, media_type="text/css", headers=FOR_EVER)

    @router.get(f"/own/{assets.version}.{{language}}.js")
    async def js(language: str) -> Response:
        if language not in assets.js:
            raise HTTPException(404, f"there is no language {language}")
        return Response(assets.js[language], media_type="text/javascript", headers=FOR_EVER)

    @router.get("/")
    def first_page() -> RedirectResponse:
        with studio.store.read() as session:
            return RedirectResponse("/review" if reviews.something_waits(session) else "/queue", 303)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return Response(assets.icon, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        with studio.store.read() as session:
            session.execute(text("SELECT 1"))
        return {"status": "ok"}

    return router

"""What the browser needs before anything else: our stylesheet and script, the first page, a sign of life."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select, text

from db.models import Clip
from studio.page import Studio

FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


def routes(studio: Studio) -> APIRouter:
    router = APIRouter()
    assets = studio.assets

    @router.get(f"/own/{assets.version}.css")
    async def css() -> Response:
        return Response(assets.css, media_type="text/css", headers=FOR_EVER)

    @router.get(f"/own/{assets.version}.js")
    async def js() -> Response:
        return Response(assets.js, media_type="text/javascript", headers=FOR_EVER)

    @router.get("/")
    def first_page() -> RedirectResponse:
        return RedirectResponse("/review" if something_waits(studio) else "/queue", 303)

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        with studio.store.read() as session:
            session.execute(text("SELECT 1"))
        return {"status": "ok"}

    return router


def something_waits(studio: Studio) -> bool:
    """A clip that no rule dropped waits for a person."""
    waiting = select(Clip.id).where(Clip.superseded == 0, Clip.review == "waiting", Clip.verdict.in_(("kept", "unscored")))
    with studio.store.read() as session:
        return session.scalar(waiting.limit(1)) is not None

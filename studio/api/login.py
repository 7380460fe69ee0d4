"""The door: log in, log out, come in by an invitation."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from db import log, users
from db.users import WHOLE_S
from pipelines.errors import Usage
from studio.auth import COOKIE, Throttle
from studio.page import Studio

PAGE = Path(__file__).parent.parent / "assets" / "login.html"
INVITED = PAGE.with_name("invite.html")
LONGEST = 8192
"""Bytes of a login form."""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter()
    throttle = Throttle()
    form = INVITED.read_text("utf-8").replace("VERSION", studio.assets.version)
    page = PAGE.read_text("utf-8").replace("VERSION", studio.assets.version)

    def door(message: str = "", status: int = 200) -> Response:
        return HTMLResponse(page.replace("MESSAGE", escape(message)), status, {"cache-control": "no-store"})

    @router.get("/login")
    async def show(request: Request) -> Response:
        return RedirectResponse("/", 303) if request.state.user else door()

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        name, password = await read_form(request)
        address = request.client.host if request.client else ""
        if throttle.full(name, address):
            return door("Too many wrong passwords. Please wait a minute and try again.", 429)
        token = None if studio.logins.local else await run_in_threadpool(studio.logins.sign_in, name, password)
        if token is None:
            throttle.failed(name, address)
            return door("Name or password is wrong.", 401)
        return remember(RedirectResponse("/", 303), token, secure=is_https(request))

    @router.get("/invite/{token}")
    def invited(token: str) -> Response:
        with studio.store.read() as session:
            known = users.invited(session, token) is not None
        return welcome() if known else door("This invitation is used up or too old; ask for a new one.", 404)

    @router.post("/invite/{token}")
    async def accept(request: Request, token: str) -> Response:
        name, password = await read_form(request)
        try:
            await run_in_threadpool(made, token, name, password)
        except Usage as error:
            return welcome(str(error), 400)
        signed_in = await run_in_threadpool(studio.logins.sign_in, name, password)
        return remember(RedirectResponse("/", 303), signed_in or "", secure=is_https(request))

    def made(token: str, name: str, password: str) -> None:
        with studio.store.write() as session:
            role = users.accept(session, token, name, password).role
            log.note(session, "account made", by=name, name=name, role=role)

    def welcome(message: str = "", status: int = 200) -> Response:
        text = f"{message[:1].upper()}{message[1:]}"
        return HTMLResponse(form.replace("MESSAGE", escape(text)), status, {"cache-control": "no-store"})

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        if token:
            await run_in_threadpool(studio.logins.sign_out, token)
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(COOKIE, path="/")
        return reply

    return router


async def read_form(request: Request) -> tuple[str, str]:
    """Name and password; a form that is far too long reads as empty."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return "", ""
    fields = parse_qs(body.decode("utf-8", "replace"))
    return fields.get("name", [""])[0], fields.get("password", [""])[0]


def remember(reply: Response, token: str, *, secure: bool) -> Response:
    reply.set_cookie(COOKIE, token, max_age=WHOLE_S, path="/", httponly=True, samesite="lax", secure=secure)
    return reply


def is_https(request: Request) -> bool:
    """Asked for over TLS, here or at a proxy in front. A client that lies about it only hides its own cookie."""
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").startswith("https")

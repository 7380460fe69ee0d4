"""The door: log in, log out, come in by an invitation."""

from __future__ import annotations

import re
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
from studio.frame import switch
from studio.languages import words_of
from studio.page import Studio
from studio.widget import with_words
from studio.words import Words

PAGE = Path(__file__).parent.parent / "assets" / "login.html"
INVITED = PAGE.with_name("invite.html")
OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""An address below this one: no second slash at its start, no backslash, no space, nothing invisible."""
LONGEST = 8192
"""Bytes of a login form."""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter()
    throttle = Throttle()

    def shown(file: Path, request: Request, message: str, status: int) -> Response:
        text = drawn(file, words_of(request), studio.assets.version, message)
        return HTMLResponse(text, status, {"cache-control": "no-store"})

    def door(request: Request, message: str = "", status: int = 200) -> Response:
        return shown(PAGE, request, words_of(request)(message) if message else "", status)

    @router.get("/login")
    async def show(request: Request) -> Response:
        return RedirectResponse("/", 303) if request.state.user else door(request)

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        name, password = await read_form(request)
        address = request.client.host if request.client else ""
        if throttle.full(name, address):
            return door(request, "login.too_many", 429)
        token = None if studio.logins.local else await run_in_threadpool(studio.logins.sign_in, name, password)
        if token is None:
            throttle.failed(name, address)
            return door(request, "login.wrong", 401)
        return remember(RedirectResponse(wanted(request), 303), token, secure=is_https(request))

    @router.get("/invite/{token}")
    def invited(request: Request, token: str) -> Response:
        with studio.store.read() as session:
            known = users.invited(session, token) is not None
        return shown(INVITED, request, "", 200) if known else door(request, "login.invitation_used", 404)

    @router.post("/invite/{token}")
    async def accept(request: Request, token: str) -> Response:
        name, password = await read_form(request)
        try:
            await run_in_threadpool(made, token, name, password)
        except Usage as error:
            return shown(INVITED, request, sentence(words_of(request).below(str(error))), 400)
        signed_in = await run_in_threadpool(studio.logins.sign_in, name, password)
        return remember(RedirectResponse("/", 303), signed_in or "", secure=is_https(request))

    def made(token: str, name: str, password: str) -> None:
        with studio.store.write() as session:
            role = users.accept(session, token, name, password).role
            log.note(session, "account made", by=name, name=name, role=role)

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        if token:
            await run_in_threadpool(studio.logins.sign_out, token)
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(COOKIE, path="/")
        return reply

    return router


def drawn(file: Path, words: Words, version: str, message: str) -> str:
    """A page that stands before the studio: no Gradio, no account."""
    facts = {"VERSION": version, "LANGUAGE": words.language, "SWITCH": switch(words), "MESSAGE": escape(message)}
    return re.sub("|".join(facts), lambda place: facts[place[0]], with_words(file.read_text("utf-8"), words))


def wanted(request: Request) -> str:
    """Where somebody was on the way to: a page of ours, never another site, however the browser may read its address."""
    asked = request.query_params.get("next", "")
    return asked if OURS.fullmatch(asked) else "/"


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


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

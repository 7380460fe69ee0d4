"""One gate before everything, Gradio's own routes included: who is it, from where, and what may never be asked.

Pure ASGI, so that streams and ranges pass through untouched.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from studio import roles
from studio.auth import COOKIE, Logins, Person, Throttle, is_loopback
from studio.roles import SAFE

OPEN = ("/login", "/healthz", "/favicon.ico")
"""Reachable without an account: nothing here tells anything about anybody."""

CLOSED = (
    *(f"/gradio_api/{name}" for name in ("file", "proxy=", "upload", "stream", "runs", "run-history", "deep_link")),
    "/monitoring",
    "/svelte/",
    "/custom_component/",
)
"""Gradio's ways to files and to other servers. Ours go by the id of a clip, so nobody needs these."""

STREAMED = ("/api/uploads/", "/api/caption")
"""They take videos, and look after their size themselves."""

FOR_PROGRAMS = ("/api/", "/media/", "/docs", "/openapi.json")
"""Where a token opens."""

LARGEST_BODY = 4 << 20
"""Bytes."""

DISTRUSTED = (b"x-forwarded-host", b"x-gradio-server")  # Gradio would build addresses from them

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
}
"""Gradio makes functions from text, hence 'unsafe-eval'; that no foreign text becomes code is the templates' duty."""


class Guard:
    """Answers what must not pass; the rest goes on with `scope["state"]["user"]` set."""

    def __init__(self, app: ASGIApp, *, settings: Settings, logins: Logins) -> None:
        self.app = app
        self.logins = logins
        self.throttle = Throttle()
        self.only_loopback = is_loopback(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        request = HTTPConnection(scope)
        refusal = self._refuse(request) or await self._recognise(request)
        if refusal is None:
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in DISTRUSTED]
            return await self.app(scope, receive, dressed(scope["path"], send))
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        return await refusal(scope, receive, dressed(scope["path"], send))

    def _refuse(self, request: HTTPConnection) -> Response | None:
        if self.only_loopback and not is_loopback(host_name(request.headers.get("host", ""))):
            return sentence("this studio serves its own machine only; open it as http://localhost", 400)
        if request.scope["path"].lower().startswith(CLOSED):
            return sentence("there is nothing here", 404)
        if request.scope.get("method") not in SAFE and is_foreign(request):
            return sentence("this request came from another site, and changes nothing", 403)
        return no_flood(request)

    async def _recognise(self, request: HTTPConnection) -> Response | None:
        if (bearer := bearer_of(request)) is not None:
            return await self._recognise_program(request, bearer)
        token = request.cookies.get(COOKIE)
        user = self.logins.remembered(token) or await run_in_threadpool(self.logins.look_up, token)
        request.scope.setdefault("state", {})["user"] = user
        if request.scope["path"] in OPEN or request.scope["path"].startswith(("/own/", "/invite/")):
            return None
        return no_entry(request) if user is None else not_allowed(request, user)

    async def _recognise_program(self, request: HTTPConnection, text: str) -> Response | None:
        address = request.client.host if request.client else ""
        if self.throttle.full("", address):
            return sentence("too many wrong tokens; please wait a minute", 429)
        user = await run_in_threadpool(self.logins.by_token, text)
        if user is None:
            self.throttle.failed("", address)
            return sentence("this token is not known; make one: python app.py token add NAME", 401)
        request.scope.setdefault("state", {})["user"] = user
        if not request.scope["path"].startswith(FOR_PROGRAMS):
            return sentence("tokens open the routes for programs only; /docs lists them", 403)
        return out_of_scope(request, user) or not_allowed(request, user)


def bearer_of(request: HTTPConnection) -> str | None:
    """The token a program sends."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else None


def out_of_scope(request: HTTPConnection, user: Person) -> Response | None:
    """A token for captions asks for captions, and nothing else does for it."""
    asks = request.scope["path"] == "/api/caption"
    if user.scope == "read" and not asks and request.scope.get("method", "GET") not in SAFE:
        return sentence(f"{user.name} may look at everything and change nothing with this token", 403)
    if (user.scope == "caption") == asks or (asks and user.scope == "write"):
        return None
    return sentence(f"this token is for {user.scope} only", 403)


def no_flood(request: HTTPConnection) -> Response | None:
    """Bodies are read into memory, so they are small and of known size; uploads are streamed and have their own limit."""
    if request.scope.get("method") in SAFE or request.scope["path"].startswith(STREAMED):
        return None
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not length.isdecimal():
        return sentence("the size of a request must be known before it begins", 411)
    return sentence("this request is too large", 413) if int(length) > LARGEST_BODY else None


def no_entry(request: HTTPConnection) -> Response:
    """To the login page for somebody who looks, a sentence for a script."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(door(request), 303)
    return sentence("please log in", 401)


def door(request: HTTPConnection) -> str:
    """The login page, which leads on to what was asked for."""
    path, query = request.scope["path"], request.scope.get("query_string", b"").decode("latin-1")
    asked = f"{path}?{query}" if query else path
    return "/login" if asked == "/" else f"/login?{urlencode({'next': asked})}"


def not_allowed(request: HTTPConnection, user: Person) -> Response | None:
    least = roles.needed(request.scope.get("method", "GET"), request.scope["path"])
    return None if roles.may(user.role, least) else sentence(roles.refusal(user.name, user.role, least), 403)


def is_foreign(request: HTTPConnection) -> bool:
    """Sent by a page that is not ours. Browsers say so; a program that says nothing needs the cookie anyway."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site and site not in ("same-origin", "none"):
        return True
    return origin is not None and origin.split("//", 1)[-1] != request.headers.get("host")


def host_name(host: str) -> str:
    """`Host` without its port: "[::1]:7860" → "[::1]"."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def sentence(text: str, status: int) -> Response:
    return JSONResponse({"detail": text}, status)


def dressed(path: str, send: Send) -> Send:
    """Adds our headers to every answer; files named by their content may be kept for ever."""

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in additions(path, message["status"]):
                headers[name] = value
        await send(message)

    return dressing


def additions(path: str, status: int) -> Iterable[tuple[str, str]]:
    yield from HEADERS.items()
    if status == 200 and path.startswith("/assets/"):
        yield "cache-control", "private, max-age=31536000, immutable"

"""Puts our navigation and stylesheet into Gradio's document, so that both are there at the first paint and nothing jumps.

Gradio draws its page from scripts, some hundred milliseconds after the document has arrived; what is in the document
itself is seen at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio import roles
from studio.languages import words_of
from studio.page import Page
from studio.shell import route_of
from studio.words import LANGUAGES, Words


def navigation(pages: Sequence[Page], current: Page, words: Words, *, user: str, may_leave: bool) -> str:
    """The bar above every page and the dialog of its keys."""

    def say(key: str) -> str:
        return escape(words.or_itself(key))

    links = "".join(
        f'<a href="{route_of(page, words.language)}"{" aria-current=page" if page is current else ""}>{say(page.title)}</a>'
        for page in pages
    )
    leave = f'<form method="post" action="/logout"><button>{say("frame.leave")}</button></form>' if may_leave else ""
    keys = (*current.keys, ("?", "frame.this_list"))
    rows = "".join(f"<dt><kbd>{escape(key)}</kbd></dt><dd>{say(what)}</dd>" for key, what in keys)
    title = escape(words("frame.keys_on", page=words.or_itself(current.title)))
    return (
        f'<nav class="frame" aria-label="{say("frame.pages")}"><b>Clapper</b>{links}<span class="me">'
        f"<span>{escape(user)}</span>{leave}{switch(words)}"
        f"<button data-keys><kbd>?</kbd> {say('frame.keys')}</button></span></nav>"
        f'<dialog class="frame" aria-label="{say("frame.keys")}"><h2>{title}</h2><dl>{rows}</dl>'
        f'<form method="dialog"><button>{say("common.close")}</button></form></dialog>'
    )


def switch(words: Words) -> str:
    """Where one chooses the language; `frame.js` keeps the choice."""
    options = "".join(
        f'<option value="{one}" lang="{one}"{" selected" if one == words.language else ""}>{name}</option>'
        for one, name in LANGUAGES.items()
    )
    return f'<select data-language aria-label="{escape(words("frame.language"))}">{options}</select>'


class Frame:
    """ASGI: passes everything through, and adds to the documents of our pages."""

    def __init__(self, app: ASGIApp, *, pages: Sequence[Page], version: str, may_leave: bool) -> None:
        self.app = app
        self.pages = pages
        self.at = {route_of(page, language): page for page in pages for language in LANGUAGES}
        self.version = version
        self.may_leave = may_leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = self.at.get(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] != "GET" or page is None:
            await self.app(scope, receive, send)
            return
        user, words = scope["state"]["user"], words_of(HTTPConnection(scope))
        route = route_of(page, words.language)
        if route != scope["path"]:  # a link, or the address of somebody who reads another language
            query = scope.get("query_string", b"").decode("latin-1")
            await RedirectResponse(f"{route}?{query}" if query else route, 307)(scope, receive, send)
            return
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]  # we are about to edit the text
        shown = [one for one in self.pages if roles.may(user.role, one.least)]
        bar = navigation(shown, page, words, user=user.name, may_leave=self.may_leave)
        await self.app({**scope, "headers": plain}, receive, Rewriter(send, words.language, self._head(page, words), bar))

    def _head(self, page: Page, words: Words) -> str:
        return (
            f"<title>{escape(words.or_itself(page.title))} · Clapper</title>"
            '<link rel="icon" href="/favicon.ico" type="image/svg+xml">'
            f'<link rel="stylesheet" href="/own/{self.version}.css">'
            f'<script src="/own/{self.version}.{words.language}.js"></script>'
            '<script type="module" src="/own/scripts/first_steps.js"></script>'
        )


class Rewriter:
    """Holds a document back until it is whole, puts `head` before `</head>` and `bar` at the start of the body."""

    def __init__(self, send: Send, language: str, head: str, bar: str) -> None:
        self.send, self.language, self.head, self.bar = send, language, head, bar
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if not message.get("more_body"):
            await self._finish()

    async def _finish(self) -> None:
        headers = MutableHeaders(raw=self.start["headers"])
        if self.start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            self.body = self._edited(self.body.decode()).encode()
            headers["content-length"] = str(len(self.body))
            headers["cache-control"] = "no-store"
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": self.body})

    def _edited(self, text: str) -> str:
        text = text.replace('lang="en"', f'lang="{self.language}"', 1)
        text = text.replace("</head>", f"{self.head}</head>", 1)
        text = text.replace('control_page_title="true"', 'control_page_title="false"')  # the title is ours
        at = text.index(">", text.index("<body")) + 1
        return text[:at] + self.bar + text[at:]

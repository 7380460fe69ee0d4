"""Puts our navigation and stylesheet into Gradio's document, so that both are there at the first paint and nothing jumps.

Gradio draws its page from scripts, some hundred milliseconds after the document has arrived; what is in the document
itself is seen at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio import roles
from studio.page import Page


def navigation(pages: Sequence[Page], current: Page, *, user: str, may_leave: bool) -> str:
    """The bar above every page and the dialog of its keys."""
    links = "".join(
        f'<a href="{page.path}"{" aria-current=page" if page is current else ""}>{escape(page.title)}</a>' for page in pages
    )
    leave = '<form method="post" action="/logout"><button>Log out</button></form>' if may_leave else ""
    keys = (*current.keys, ("?", "this list"))
    rows = "".join(f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(what)}</dd>" for key, what in keys)
    return (
        f'<nav class="frame" aria-label="Pages"><b>Clapper</b>{links}<span class="me"><span>{escape(user)}</span>{leave}'
        f"<button data-keys><kbd>?</kbd> keys</button></span></nav>"
        f'<dialog class="frame" aria-label="Keys"><h2>Keys on {escape(current.title)}</h2><dl>{rows}</dl>'
        f'<form method="dialog"><button>Close</button></form></dialog>'
    )


class Frame:
    """ASGI: passes everything through, and adds to the documents of our pages."""

    def __init__(self, app: ASGIApp, *, pages: Sequence[Page], version: str, may_leave: bool) -> None:
        self.app = app
        self.pages = {page.path: page for page in pages}
        self.version = version
        self.may_leave = may_leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = self.pages.get(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] != "GET" or page is None:
            await self.app(scope, receive, send)
            return
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]  # we are about to edit the text
        user = scope["state"]["user"]
        shown = [one for one in self.pages.values() if roles.may(user.role, one.least)]
        bar = navigation(shown, page, user=user.name, may_leave=self.may_leave)
        await self.app({**scope, "headers": plain}, receive, Rewriter(send, self._head(page), bar))

    def _head(self, page: Page) -> str:
        return (
            f"<title>{escape(page.title)} · Clapper</title>"
            '<link rel="icon" href="/favicon.ico" type="image/svg+xml">'
            f'<link rel="stylesheet" href="/own/{self.version}.css"><script src="/own/{self.version}.js"></script>'
            '<script type="module" src="/own/scripts/first_steps.js"></script>'
        )


class Rewriter:
    """Holds a document back until it is whole, puts `head` before `</head>` and `bar` at the start of the body."""

    def __init__(self, send: Send, head: str, bar: str) -> None:
        self.send, self.head, self.bar = send, head, bar
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
        text = text.replace("</head>", f"{self.head}</head>", 1)
        text = text.replace('control_page_title="true"', 'control_page_title="false"')  # the title is ours
        at = text.index(">", text.index("<body")) + 1
        return text[:at] + self.bar + text[at:]

"""`/docs` and `/openapi.json`: the routes for programs, listed on a plain page of our own, which needs no other site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from studio.page import Studio

STYLE = """
:root { color-scheme: light dark }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
body { font: 15px/1.55 ui-sans-serif, system-ui, sans-serif }
code, h2 { font-family: ui-monospace, monospace }
h1 { font-size: 1.3rem }
h2 { margin: 2rem 0 .2rem; font-size: 1rem }
h2 b { display: inline-block; min-width: 3.5rem; opacity: .6 }
p { margin: .2rem 0 }
td { padding: .1rem 1.2rem .1rem 0; vertical-align: top }
td + td { opacity: .75 }
a { color: inherit }
"""
INTRO = """
<p>Programs send <code>Authorization: Bearer TOKEN</code>; <code>python app.py token add NAME --scope read</code> makes one.
<b>read</b> looks at everything, <b>write</b> also changes, <b>caption</b> only asks about videos. The same as
<a href="/openapi.json">OpenAPI</a>, for generators of clients.</p>
"""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    def openapi(request: Request) -> JSONResponse:
        return JSONResponse(described(request))

    @router.get("/docs")
    def page(request: Request) -> HTMLResponse:
        body = "".join(_routes(described(request)))
        title = "The studio for programs"
        head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Clapper</title><style>{STYLE}</style>'
        return HTMLResponse(f"{head}<main><h1>{title}</h1>{INTRO}{body}</main></html>")

    return router


def described(request: Request) -> dict[str, Any]:
    """The OpenAPI schema of all routes below /api/, with the way to say who one is."""
    schema = get_openapi(title="Clapper", version="1", routes=request.app.routes)
    ours = {path: methods for path, methods in schema["paths"].items() if path.startswith("/api/")}
    parts = {**schema.get("components", {}), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return {**schema, "paths": ours, "components": parts, "security": [{"token": []}]}


def _routes(schema: dict[str, Any]) -> Iterator[str]:
    for path, methods in sorted(schema["paths"].items()):
        for method, told in methods.items():
            yield f"<h2><b>{escape(method.upper())}</b> {escape(path)}</h2><p>{_words(told.get('description') or '')}</p>"
            rows = "".join(_row(name, kind) for name, kind in _fields(schema, told))
            yield f"<table>{rows}</table>" if rows else ""


def _row(name: str, kind: str) -> str:
    return f"<tr><td><code>{escape(name)}</code></td><td>{_words(kind)}</td></tr>"


def _words(text: str) -> str:
    """Escaped, with `code` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _fields(schema: dict[str, Any], told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters and fields of the body, with their types."""
    for parameter in told.get("parameters", ()):
        yield parameter["name"], _kind(parameter.get("schema", {}))
    for content in told.get("requestBody", {}).get("content", {}).values():
        body = content["schema"]
        body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]] if "$ref" in body else body
        for name, spec in body.get("properties", {}).items():
            yield name, _kind(spec)


def _kind(spec: dict[str, Any]) -> str:
    if "anyOf" in spec:
        return " or ".join(_kind(one) for one in spec["anyOf"])
    if "enum" in spec:
        return ", ".join(map(str, spec["enum"]))
    kind = str(spec.get("type") or spec.get("$ref", "").rpartition("/")[2] or "any")
    words = f"list of {_kind(spec['items'])}" if kind == "array" and "items" in spec else kind
    return f"{words}: {spec['description']}" if spec.get("description") else words

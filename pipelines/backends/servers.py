"""Addresses and keys of model servers, from the environment alone: nobody in a browser can send a worker anywhere else.

    CLAPPER_SERVER         the address of the server that answers when a recipe names none: http://127.0.0.1:30000/v1
    CLAPPER_SERVERS        more of them by name: "fast=http://10.0.0.5:30000/v1, openai=https://api.openai.com/v1"
    CLAPPER_API_KEY        the key for them all; or CLAPPER_API_KEY_FILE, a file that holds it
    CLAPPER_API_KEY_FAST   the key for the server named "fast"; or CLAPPER_API_KEY_FAST_FILE

Keys are read when a server is first asked. They are never logged, stored, or part of any result.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import Fatal

NO_KEY = "none"
"""Servers of one's own want no key, but clients insist on sending one."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to ask."""

    name: str
    url: str
    key: str = field(default=NO_KEY, repr=False)

    @property
    def place(self) -> str:
        """Fit for showing: an address may carry a password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine."""
        host = urlsplit(self.url).hostname or ""
        return host == "localhost" or host == "::1" or host.startswith("127.")


def known() -> dict[str, str]:
    """Addresses by name; the nameless one under ""."""
    found = {"": os.environ["CLAPPER_SERVER"].strip()} if os.environ.get("CLAPPER_SERVER", "").strip() else {}
    for entry in filter(None, (part.strip() for part in os.environ.get("CLAPPER_SERVERS", "").split(","))):
        name, equals, url = entry.partition("=")
        if not equals or not url.strip():
            raise Fatal(f"CLAPPER_SERVERS: {entry!r} is not name=address; write for example fast=http://127.0.0.1:30000/v1")
        found[name.strip()] = url.strip()
    return found


def get(name: str) -> Server | None:
    """The server of this name with its key; None when there is none. Raises `Fatal` for an address that is none."""
    url = known().get(name)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Fatal(f"the address of server {name or 'CLAPPER_SERVER'!r} must begin with http:// or https://")
    return Server(name, url.rstrip("/"), _key(name))


def _key(name: str) -> str:
    suffix = f"_{re.sub(r'[^A-Z0-9]', '_', name.upper())}" if name else ""
    for variable in dict.fromkeys((f"CLAPPER_API_KEY{suffix}", "CLAPPER_API_KEY")):
        if key := os.environ.get(variable, "").strip():
            return key
        if place := os.environ.get(f"{variable}_FILE", "").strip():
            try:
                return Path(place).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise Fatal(f"{variable}_FILE names a file that cannot be read; give it the key and access to it") from None
    return NO_KEY

"""File names are bytes; database text is UTF-8. These two keep any name whole on the way."""

from __future__ import annotations

import os

MARK = "bytes:"


def pack(path: str) -> str:
    """A path as text the database can hold; names that are no UTF-8 as `bytes:` and hex digits."""
    raw = os.fsencode(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return MARK + raw.hex()
    return MARK + raw.hex() if text.startswith(MARK) else text


def unpack(text: str) -> str:
    """The path that `pack` took."""
    return os.fsdecode(bytes.fromhex(text.removeprefix(MARK))) if text.startswith(MARK) else text


def shown(path: str) -> str:
    """A path for people: what cannot be read becomes question marks."""
    return os.fsencode(path).decode("utf-8", "replace")

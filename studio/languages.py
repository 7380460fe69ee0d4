"""Which language somebody reads: what they chose here, else what their browser asks for, else the first."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from studio.words import FIRST, LANGUAGES, Words, words
from studio.words.below import Below

COOKIE = "clapper-language"
"""Set by the switch in the navigation, see `assets/frame.js`."""


def language_of(connection: HTTPConnection) -> str:
    """One of `LANGUAGES`. Of a browser's wishes the first that is known; it names them in order, "zh-CN,zh;q=0.9,en"."""
    chosen = connection.cookies.get(COOKIE, "")
    wishes = connection.headers.get("accept-language", "").lower().split(",")
    asked = [re.split("[-;]", wish.strip(), maxsplit=1)[0] for wish in wishes]
    return next((one for one in (chosen, *asked) if one in LANGUAGES), FIRST)


def words_of(connection: HTTPConnection) -> Words:
    return words(language_of(connection))


def _told(connection: HTTPConnection) -> Below:
    return words_of(connection).below


Told = Annotated[Below, Depends(_told)]
"""For a route whose answer holds what the layers below say: `told(reason)` says it in the reader's language."""

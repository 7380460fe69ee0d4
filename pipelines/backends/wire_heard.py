"""Answers as they travel from a server that speaks OpenAI's chat completions: piece by piece, or whole."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from pipelines.backends.bounded import Endless
from pipelines.backends.spoken import spoken

BLOCKED = ("content_filter", "safety", "blocked")
MOST_SAID = 300
"""Characters of a server's own words that are passed on."""


class Broken(Exception):
    """The line broke before the answer was whole."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A whole answer."""

    text: str
    finish: str
    model: str
    tokens_in: int
    tokens_out: int
    first_at: float
    """When it began, by the monotonic clock."""


def heard(stream: Any, most: int) -> Heard:
    """Read a stream to its end. Raises `Broken` when it stops half-way or cannot be read, `Endless` when it does not end."""
    import httpx2
    import openai

    try:
        return _streamed(stream, most) if _streams(stream.response) else _whole(stream.response)
    except (httpx2.TransportError, openai.APIConnectionError) as error:
        raise Broken(f"the line broke: {type(error).__name__}") from None
    except openai.APIError as error:
        raise Broken(f"it said “{' '.join(error.message.split())[:MOST_SAID]}”") from None
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise Broken(f"it sent what is no answer ({type(error).__name__})") from None
    finally:
        stream.close()


def _streams(response: Any) -> bool:
    """Whether it comes piece by piece, as asked; some servers answer in one piece all the same."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html":
        raise Broken("it sent a web page instead of an answer; is the address right?")
    return bool(kind != "application/json")


def _streamed(stream: Any, most: int) -> Heard:
    words: list[str] = []
    first_at = 0.0
    finish, model, tokens, length = "", "", (0, 0), 0
    for chunk in stream:
        first_at = first_at or time.monotonic()
        model = getattr(chunk, "model", None) or model
        if usage := getattr(chunk, "usage", None):
            tokens = (usage.prompt_tokens or 0, usage.completion_tokens or 0)
        for choice in getattr(chunk, "choices", None) or ():
            words.append(_text(getattr(getattr(choice, "delta", None), "content", None)))
            length += len(words[-1])
            finish = choice.finish_reason or finish
        if length > most:
            raise Endless("the answer does not end")
    return _heard("".join(words), finish, model, tokens, first_at)


def _whole(response: Any) -> Heard:
    said = json.loads(response.read())
    if error := said.get("error"):
        raise Broken(f"it said “{str(error)[:MOST_SAID]}”")
    (choice, *_), usage = said["choices"], said.get("usage") or {}
    tokens = (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
    return _heard(
        _text(choice["message"].get("content")),
        choice.get("finish_reason") or "",
        said.get("model") or "",
        tokens,
        time.monotonic(),
    )


def _heard(text: str, finish: str, model: str, tokens: tuple[int, int], first_at: float) -> Heard:
    if not finish:
        raise Broken("the answer stopped half-way")
    return Heard(spoken(text), "blocked" if finish in BLOCKED else finish, model, *tokens, first_at)


def _text(content: Any) -> str:
    """Mostly a text; some servers give a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")

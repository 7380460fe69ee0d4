"""Questions and answers as they travel to and from a server that speaks OpenAI's chat completions."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pipelines.chat import Content, Film, Message, Picture, Request

JPEG_QUALITY = 92
BLOCKED = ("content_filter", "safety", "blocked")


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


def body(request: Request, *, model: str, films: bool) -> dict[str, Any]:
    """The keywords of a chat completion. Without `films` the server takes no MP4: a film goes as pictures with times."""
    decoding = request.decoding
    found: dict[str, Any] = {
        "model": model,
        "messages": [_message(message, films=films) for message in request.messages],
        "max_tokens": decoding.max_tokens,
        "temperature": decoding.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if decoding.top_p < 1:
        found["top_p"] = decoding.top_p
    if decoding.seed is not None:
        found["seed"] = decoding.seed
    if request.schema is not None:
        shape = {"name": "answer", "schema": dict(request.schema), "strict": True}
        found["response_format"] = {"type": "json_schema", "json_schema": shape}
    return found


def heard(stream: Any, deadline: float, most: int) -> Heard:
    """Read a stream to its end. Raises `Broken` when it stops half-way, takes too long or does not end."""
    import httpx2
    import openai

    words: list[str] = []
    finish, model, tokens, length = "", "", (0, 0), 0
    try:
        for chunk in stream:
            model = getattr(chunk, "model", None) or model
            if usage := getattr(chunk, "usage", None):
                tokens = (usage.prompt_tokens or 0, usage.completion_tokens or 0)
            for choice in chunk.choices or ():
                words.append(getattr(choice.delta, "content", None) or "")
                length += len(words[-1])
                finish = choice.finish_reason or finish
            if time.monotonic() > deadline:
                raise Broken("the answer took too long")
            if length > most:
                raise Broken("the answer does not end")
    except (httpx2.TransportError, openai.APIConnectionError) as error:
        raise Broken(f"the line broke: {type(error).__name__}") from None
    finally:
        stream.close()
    if not finish:
        raise Broken("the answer stopped half-way")
    return Heard("".join(words), "blocked" if finish in BLOCKED else finish, model, *tokens)


def _message(message: Message, *, films: bool) -> dict[str, Any]:
    parts = [part for content in message.content for part in _parts(content, films=films)]
    if all(part["type"] == "text" for part in parts):
        return {"role": message.role, "content": "\n".join(part["text"] for part in parts)}
    return {"role": message.role, "content": parts}


def _parts(content: Content, *, films: bool) -> Iterator[dict[str, Any]]:
    match content:
        case str():
            yield {"type": "text", "text": content}
        case Picture():
            yield {"type": "image_url", "image_url": {"url": picture_uri(content)}}
        case Film() if films:
            yield {"type": "video_url", "video_url": {"url": film_uri(content)}}
        case Film():
            for time_s, picture in zip(content.times_s, content.pictures(), strict=True):
                yield {"type": "text", "text": f"{time_s:.1f} s:"}
                yield {"type": "image_url", "image_url": {"url": picture_uri(picture)}}


def picture_uri(picture: Picture) -> str:
    """A frame as a JPEG data address."""
    file = io.BytesIO()
    Image.fromarray(picture.pixels).save(file, "JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def film_uri(film: Film) -> str:
    """Frames as an MP4 data address, shown at their own times."""
    from pipelines.media.film import encode

    return f"data:video/mp4;base64,{base64.b64encode(encode(film.frames, film.times_s)).decode()}"

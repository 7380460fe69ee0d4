"""Questions as they travel to a server that speaks OpenAI's chat completions."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from PIL import Image

from pipelines.chat import Content, Film, Message, Picture, Request

JPEG_QUALITY = 92
OPTIONAL = {
    "response_format": ("response_format", "json_schema"),
    "stream_options": ("stream_options",),
    "seed": ("seed",),
    "top_p": ("top_p",),
    "temperature": ("temperature",),
    "max_tokens": ("max_completion_tokens",),
}
"""What a server may refuse to know, and the words of its refusal by which it is known."""


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


def refused(words: str, body: Mapping[str, Any]) -> str | None:
    """Which part of a question a server does not take, going by its own words; None when it is something else."""
    found = (name for name, signs in OPTIONAL.items() if name in body and any(sign in words for sign in signs))
    return next(found, None)


def without(body: Mapping[str, Any], unknown: Collection[str]) -> dict[str, Any]:
    """A question without what the server does not take. The limit of an answer has another name for some."""
    kept = {name: value for name, value in body.items() if name not in unknown}
    return kept | ({"max_completion_tokens": body["max_tokens"]} if "max_tokens" in unknown else {})


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

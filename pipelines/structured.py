"""Answers in a shape: asked for by JSON schema, read by a real parser, asked for again with the reason when they miss it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines import quality
from pipelines.asking import Clock
from pipelines.backends.spoken import fit
from pipelines.chat import Answer, Chat, Request
from pipelines.errors import Refused
from pipelines.records import Outcome

Shape = TypeVar("Shape", bound=BaseModel)
DECODER = json.JSONDecoder(strict=False)  # models write line breaks into strings
MOST_STARTS = 50


class Strict(BaseModel):
    """Base of shapes: no key too many, none left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def ask_for(
    shape: type[Shape], chat: Chat, request: Request, *, retries: int, clock: Clock, fits: Callable[[Shape], str | None]
) -> tuple[Shape, Answer]:
    """The model's answer in this shape. `fits` says what else is wrong with it.

    Raises `Refused` with the last reason after `retries` further tries: never a silent drop.
    """
    asked = Request(request.messages, request.decoding, strict(shape.model_json_schema()))
    for _ in range(retries + 1):
        answer = clock.add(chat.ask(asked))
        found, reason = read(shape, answer.text)
        reason = _silence(answer) or reason if found is None else fits(found)
        if found is not None and reason is None:
            return found, answer
        asked = asked.then(answer.text, f"That does not fit: {reason}. Answer with the corrected JSON alone.")
    cut = " (it had no tokens left; raise max_tokens)" if answer.finish == "length" else ""
    raise Refused("bad_json", f"no usable JSON in {retries + 1} answers of {answer.model}: {reason}{cut}")


def strict(schema: Any) -> Any:
    """A JSON schema in which every key has to be there, as hosted servers demand; what a parser would fill in goes."""
    match schema:
        case dict():
            found = {name: strict(part) for name, part in schema.items() if name != "default"}
            return found | {"required": [*found["properties"]]} if isinstance(found.get("properties"), dict) else found
        case list():
            return [strict(part) for part in schema]
    return schema


def _silence(answer: Answer) -> str | None:
    """Why there cannot be any JSON in it: nothing was said, or nothing but a refusal."""
    outcome, reason = quality.outcome(answer.text, answer.finish)
    return reason if outcome in (Outcome.EMPTY, Outcome.BLOCKED) else None


def read(shape: type[Shape], text: str) -> tuple[Shape | None, str | None]:
    """The first JSON object in the text that has this shape, else why there is none; chatter around it is passed over."""
    candidates, reason = _objects(text)
    for candidate in candidates:
        try:
            return shape.model_validate(candidate), None
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"]))
            reason = f"{where}: {problem['msg']}" if where else problem["msg"]
    return None, reason


def _objects(text: str) -> tuple[list[Mapping[str, Any]], str]:
    """JSON objects wherever they begin, outermost first; and what is wrong where the first of them should be."""
    found: list[Mapping[str, Any]] = []
    reason = "there is no JSON object in it"
    start = first = text.find("{")
    for _ in range(MOST_STARTS):
        if start < 0:
            break
        try:
            value, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            if start == first and isinstance(error, json.JSONDecodeError):
                reason += f" that can be read ({error.msg} at character {error.pos - first + 1})"
            start = text.find("{", start + 1)
            continue
        found.append(fit(value))
        start = text.find("{", end)
    return found, reason

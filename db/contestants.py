"""Who stands against whom when captions are compared: captions of one origin are one contestant.

How fine an origin is told apart is chosen when one looks, not when one votes: a vote knows only its captions.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Caption, Prompt
from pipelines.records import Author, Outcome


class Grouping(StrEnum):
    """What makes two captions of machines the same contestant. Captions by people go by the person, and by whether
    somebody else's was there to edit."""

    VERSION = "version"
    """Stage, model, prompt and every setting."""
    WRITER = "writer"
    """Stage, model and prompt."""
    MODEL = "model"
    PROMPT = "prompt"
    PERSON = "person"
    """All machines together, against each person."""


class Origin(NamedTuple):
    """Where a caption comes from, as its row tells."""

    author: str
    by: str
    edited: bool
    model: str
    stage: str
    prompt: str
    digest: str
    params: str
    """The settings as JSON text; only to tell them to people."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One side of a comparison, under a name that fits the others it is shown with."""

    id: str
    """Ten hex digits of what it is; tells nothing to somebody who must not know."""
    label: str
    author: str


def columns(caption: type[Caption]) -> list[ColumnElement[Any] | InstrumentedAttribute[Any]]:
    """What `Origin` is made from, in its order."""
    return [
        caption.author, caption.by, caption.parent_id.is_not(None), caption.model, caption.stage, caption.prompt_digest,
        caption.digest, cast(caption.params, Text).label(None),
    ]  # fmt: skip


def eligible(caption: type[Caption]) -> list[ColumnElement[bool]]:
    """Captions that can be laid before people."""
    return [caption.role == "caption", caption.outcome == Outcome.OK, caption.text != ""]


def identify(origin: Origin, by: Grouping) -> str:
    """The id of the contestant that a caption of this origin stands for."""
    text = json.dumps([by, *_parts(origin, by)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _parts(origin: Origin, by: Grouping) -> list[Any]:
    if origin.author == Author.PERSON:
        return [origin.author, origin.by, *([] if by is Grouping.PERSON else [bool(origin.edited)])]
    if origin.author == Author.IMPORT or by is Grouping.PERSON:
        return [origin.author]
    told = {
        Grouping.MODEL: [origin.model],
        Grouping.PROMPT: [origin.prompt],
        Grouping.WRITER: [origin.stage, origin.model, origin.prompt],
    }
    return [origin.author, *told.get(by, [origin.stage, origin.model, origin.prompt, origin.digest])]


def name(session: Session, origins: Iterable[Origin], by: Grouping) -> dict[str, Contestant]:
    """The contestants of these origins by their id, each named by what tells it from the others."""
    known = list(origins)
    prompts = _prompts(session, {origin.prompt for origin in known})
    told = _settings(known) if by is Grouping.VERSION else {}
    found: dict[str, Contestant] = {}
    for origin in known:
        one = identify(origin, by)
        label = _label(origin, by, prompt=prompts.get(origin.prompt, ""), settings=told.get(origin.digest, ""))
        found.setdefault(one, Contestant(one, label, origin.author))
    return found


def _label(origin: Origin, by: Grouping, *, prompt: str, settings: str) -> str:
    if origin.author == Author.PERSON:
        edited = origin.edited and by is not Grouping.PERSON
        return f"{origin.by or 'a person'}, edited" if edited else origin.by or "a person"
    if origin.author == Author.IMPORT:
        return "imported"
    if by is Grouping.PERSON:
        return "machines"
    model = origin.model or origin.stage or "a machine"
    if by is Grouping.MODEL:
        return model
    return prompt or "no prompt" if by is Grouping.PROMPT else " · ".join(filter(None, (model, prompt, settings)))


def _prompts(session: Session, digests: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(Prompt.digest, Prompt.name, Prompt.version).where(Prompt.digest.in_(digests))).tuples()
    known = {digest: f"{name} v{version}" for digest, name, version in rows}
    return {digest: known.get(digest, f"prompt {digest[:6]}") for digest in digests if digest}


def _settings(origins: Iterable[Origin]) -> dict[str, str]:
    """By digest: the settings in which versions of one writer differ; a piece of the digest where none is known to."""
    writers: defaultdict[tuple[str, str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for one in origins:
        writers[one.stage, one.model, one.prompt].setdefault(one.digest, json.loads(one.params or "{}"))
    told: dict[str, str] = {}
    for versions in writers.values():
        names = sorted({name for params in versions.values() for name in params})
        differ = [name for name in names if len({json.dumps(params.get(name)) for params in versions.values()}) > 1]
        for digest, params in versions.items():
            words = ", ".join(f"{name}={json.dumps(params.get(name), ensure_ascii=False)}" for name in differ)
            told[digest] = (words or f"settings {digest[:4]}") if len(versions) > 1 else ""
    return told

"""Exports: preview, begin, watch, cancel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from db import exports, queue
from pipelines.errors import Usage
from pipelines.kinds import EXPORTERS, Exporter
from studio.auth import Who
from studio.page import Studio

Which = Literal["accepted", "accepted_lot", "kept", "all"]


class NewExport(BaseModel):
    """A request to write a training set into the folder `name` below the exports of this studio."""

    model_config = ConfigDict(extra="forbid")

    format: str
    which: Which
    name: str
    options: dict[str, Any] = Field(default_factory=dict, max_length=50)


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/exports")

    @router.get("")
    def recent() -> dict[str, Any]:
        with studio.store.read() as session:
            return {"exports": [asdict(view) for view in exports.recent(session)], "workers": queue.workers_alive(session)}

    @router.post("", status_code=201)
    def begin(asked: NewExport, who: Who) -> dict[str, int]:
        options = configured(asked.format, asked.options).model_dump(mode="json")
        dest = studio.settings.exports / plain_name(asked.name)
        with studio.store.write() as session:
            made = exports.create(session, format=asked.format, options=options, which=asked.which, dest=str(dest), by=who)
            return {"id": made.id}

    @router.post("/{export_id}/cancel")
    def cancel(export_id: int) -> dict[str, str]:
        with studio.store.write() as session:
            exports.cancel(session, export_id)
        return {"state": "cancelled"}

    return router


def configured(name: str, options: Mapping[str, Any]) -> Exporter:
    """The exporter with these options. Raises `Usage` naming the option that does not fit."""
    try:
        return EXPORTERS[name](**options)
    except ValidationError as error:
        problem = error.errors()[0]
        raise Usage(f"{name}.{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None


def plain_name(name: str) -> str:
    """A folder's name, never a way to somewhere else."""
    if not re.fullmatch(r"\w[\w .-]{0,79}", name.strip()):
        raise Usage(f"{name[:80]!r} is no plain folder name; use letters, digits, spaces and . - _ and begin with a letter")
    return name.strip()

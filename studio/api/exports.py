"""Exports: begin, watch, cancel, begin again, compare."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from db import export_diff, exports, workers
from db.exports import Request
from pipelines.errors import Usage
from pipelines.kinds import EXPORTERS, Cutting
from pipelines.options import filled
from pipelines.selection import Selection, Which
from studio import telling
from studio.auth import Who
from studio.languages import Told
from studio.page import Studio


class NewExport(BaseModel):
    """A request to write a training set into the folder `name` below the exports of this studio."""

    model_config = ConfigDict(extra="forbid")

    format: str
    name: str
    which: Which = "accepted"
    options: dict[str, Any] = Field(default_factory=dict, max_length=50)
    """Of the format."""
    selection: dict[str, Any] = Field(default_factory=dict, max_length=50)
    """Beside `which`: where, caption, each, validation, seed."""
    clips: dict[str, Any] = Field(default_factory=dict, max_length=50)
    """How clips become files: codec, crf, short_side, fps, frames, crop, audio, …"""
    against: int | None = None
    """An earlier export whose clips may be taken over."""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/exports")

    @router.get("")
    def recent(told: Told) -> dict[str, Any]:
        with studio.store.read() as session:
            found = [telling.export(view, told) for view in exports.recent(session)]
            return {"exports": [asdict(view) for view in found], "workers": workers.alive(session)}

    @router.post("", status_code=201)
    def begin(asked: NewExport, who: Who) -> dict[str, int]:
        request = requested(asked, dest=str(studio.settings.exports / plain_name(asked.name)))
        with studio.store.write() as session:
            return {"id": exports.create(session, request, by=who).id}

    @router.post("/{export_id}/again", status_code=201)
    def again(export_id: int, who: Who) -> dict[str, int]:
        """The same request, to the same folder, from the library as it is now; only what changed is cut."""
        with studio.store.write() as session:
            return {"id": exports.create(session, exports.repeated(session, export_id), by=who).id}

    @router.get("/{export_id}/changes")
    def changes(export_id: int, since: int) -> dict[str, Any]:
        """What is different in this export since the earlier one."""
        with studio.store.read() as session:
            return asdict(export_diff.compare(session, since, export_id))

    @router.post("/{export_id}/cancel")
    def cancel(export_id: int, who: Who) -> dict[str, str]:
        with studio.store.write() as session:
            exports.cancel(session, export_id, by=who)
        return {"state": "cancelled"}

    return router


def requested(asked: NewExport, *, dest: str) -> Request:
    """What was asked for, checked. Raises `Usage` naming the option that does not fit."""
    return Request(
        filled(EXPORTERS[asked.format], asked.options, name=asked.format),
        dest,
        filled(Selection, {**asked.selection, "which": asked.which}, name="selection"),
        filled(Cutting, asked.clips, name="clips"),
        asked.against,
    )


def plain_name(name: str) -> str:
    """A folder's name, never a way to somewhere else."""
    if not re.fullmatch(r"\w[\w .-]{0,79}", name.strip()):
        raise Usage(f"{name[:80]!r} is no plain folder name; use letters, digits, spaces and . - _ and begin with a letter")
    return name.strip()

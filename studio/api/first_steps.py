"""Where somebody new stands, for the guide above the first pages."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

from db import first_steps
from db.exports import ExportView
from studio import roles, telling
from studio.auth import person
from studio.languages import Told
from studio.page import Studio

LEAST = "lead"
"""Who may go the whole way, the export included."""
SHOWN = 4


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/first-steps")

    @router.get("")
    def look(request: Request, told: Told) -> dict[str, Any] | None:
        """None where there is nobody to be led: the studio is in use, or this person may not export."""
        if not roles.may(person(request).role, LEAST):
            return None
        with studio.store.read() as session:
            found = first_steps.look(session)
        if found is None:
            return None
        export = telling.export(found.export, told) if found.export else None
        return {**asdict(replace(found, export=export)), "holds": holds(export)}

    return router


def holds(export: ExportView | None) -> list[dict[str, Any]]:
    """What lies in the folder of a finished export: files by name, folders with their number of files."""
    if export is None or export.state != "done":
        return []
    found = sorted(one for one in Path(export.dest).glob("*") if not one.name.startswith("."))
    return [{"name": one.name, "files": len(list(one.iterdir())) if one.is_dir() else None} for one in found[:SHOWN]]

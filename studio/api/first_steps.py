"""Where somebody new stands, for the guide above the first pages."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

from db import first_steps
from db.exports import ExportView
from studio import roles
from studio.auth import person
from studio.page import Studio

LEAST = "lead"
"""Who may go the whole way, the export included."""
SHOWN = 4


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/first-steps")

    @router.get("")
    def look(request: Request) -> dict[str, Any] | None:
        """None where there is nobody to be led: the studio is in use, or this person may not export."""
        if not roles.may(person(request).role, LEAST):
            return None
        with studio.store.read() as session:
            found = first_steps.look(session)
        return None if found is None else {**asdict(found), "holds": holds(found.export)}

    return router


def holds(export: ExportView | None) -> list[str]:
    """What lies in the folder of a finished export: files by name, folders with their number of files."""
    if export is None or export.state != "done":
        return []
    found = sorted(one for one in Path(export.dest).glob("*") if not one.name.startswith("."))
    return [f"{one.name}/ with {len(list(one.iterdir()))} files" if one.is_dir() else one.name for one in found[:SHOWN]]

"""Models: what the catalogue offers here, who would answer for each, and fetching weights. Never a key."""

from __future__ import annotations

import shutil
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.orm import Session

from db import errands, log, workers
from db.errands import ErrandView
from pipelines import catalogue, fetching, offers
from pipelines.errors import Usage
from pipelines.offers import Offer
from studio import roles
from studio.auth import Who, person
from studio.languages import Told
from studio.page import Studio
from studio.words.below import Below

KIND = "weights"


class Named(BaseModel):
    """A model of the catalogue."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(max_length=200)]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/models")

    @router.get("")
    def everything(request: Request, told: Told) -> dict[str, Any]:
        """The catalogue in its order, the servers by name, and where weights lie."""
        rows = [_row(one, told) for one in offers.offers()]
        known = {"models": rows, "servers": offers.places(), "may_fetch": roles.may(person(request).role, "admin")}
        return {**known, "folder": str(catalogue.folder()), "free_bytes": _free_bytes()}

    @router.get("/fetches")
    def fetches(told: Told) -> dict[str, Any]:
        """How far the last fetch of each model is."""
        with studio.store.read() as session:
            last = {one.wish["name"]: _fetch(one, told) for one in reversed(errands.recent(session, KIND))}
            return {"fetches": last, "workers": workers.alive(session)}

    @router.post("/fetch", status_code=201)
    def fetch(asked: Named, who: Who) -> dict[str, int]:
        """Have a worker bring the weights; one that is on its way is not begun twice."""
        model = catalogue.catalogue().get(asked.name)
        if model is None:
            raise Usage(f"there is no model {asked.name!r} in the catalogue")
        if reason := fetching.refusal(model):
            raise Usage(reason)
        with studio.store.write() as session:
            if on_its_way := _open(session, model.name):
                return {"id": on_its_way.id}
            log.note(session, "weights fetched", by=who, model=model.name)
            return {"id": errands.create(session, KIND, {"name": model.name}, label=model.repo, by=who)}

    @router.post("/cancel")
    def cancel(asked: Named) -> dict[str, str]:
        """Stop a fetch; what came stays, and the next one goes on with it."""
        with studio.store.write() as session:
            if on_its_way := _open(session, asked.name):
                errands.cancel(session, on_its_way.id)
        return {"state": "cancelled"}

    return router


def _row(one: Offer, told: Below) -> dict[str, Any]:
    ways = [{"backend": way.backend, "missing": _said(way.missing, told)} for way in one.ways]
    known = {"frame_tokens": one.frame_tokens, "here": one.here is not None, "advice": told(one.advice), "ways": ways}
    refusal = None if one.here else fetching.refusal(one.model)
    fetched = {"fetchable": one.here is None and refusal is None, "refusal": _said(refusal, told)}
    standing = {"about": told(one.model.about), "answers": one.answers, "standing": told(one.standing)}
    return {**one.model.model_dump(mode="json"), **known, **fetched, **standing}


def _fetch(one: ErrandView, told: Below) -> dict[str, Any]:
    return {"state": one.state, "done": one.done, "total": one.total, "error": _said(one.error, told)}


def _said(sentence: str | None, told: Below) -> str | None:
    return told(sentence) if sentence else None


def _open(session: Session, name: str) -> ErrandView | None:
    found = (one for one in errands.recent(session, KIND) if one.wish["name"] == name and not one.has_ended)
    return next(found, None)


def _free_bytes() -> int:
    """Of the disk that the models folder is or would be on."""
    folder = catalogue.folder().absolute()
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free

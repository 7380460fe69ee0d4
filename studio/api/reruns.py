"""Captioning again: with another method, model, prompt or remark, for one clip, a selection or all that a filter finds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import flow, reruns, runs
from db.models import Clip
from pipelines import methods
from pipelines.errors import Usage
from pipelines.recipe import Recipe
from studio.api.review import where
from studio.auth import Who
from studio.page import Studio

Line = Annotated[str, StringConstraints(max_length=20_000)]
MOST = 1_000_000


class Wanted(BaseModel):
    """Which clips, and with what. Without clips and filter it is all of them."""

    model_config = ConfigDict(extra="forbid")

    method: str = Field("video", max_length=60)
    """A captioner, rewriter or aligner by name."""
    sets: list[Line] = Field(default_factory=list, max_length=60)
    """`method.field=value`, as on the command line."""
    clips: list[int] = Field(default_factory=list, max_length=10_000)
    where: list[Line] = Field(default_factory=list, max_length=50)
    some: int = Field(0, ge=0, le=10_000)
    """Only so many of them, spread evenly: to try something out. 0 takes all."""
    adopts: bool = False
    """The new captions come into force where nobody has decided; else they only stand beside the others."""
    note: str = Field("", max_length=300)


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/reruns")

    @router.get("/methods")
    def known() -> list[dict[str, Any]]:
        """All methods with the schema of their settings."""
        return [_method(name) for name in methods.names()]

    @router.post("/estimate")
    def estimate(wanted: Wanted) -> dict[str, Any]:
        """What it will take, and what exactly will be asked about the first clip."""
        recipe = methods.recipe_of(wanted.method, wanted.sets)
        with studio.store.read() as session:
            ids = chosen(session, wanted)
            found = reruns.estimate(session, recipe, ids, clips=studio.settings.clips)
            asks = bool(ids) and methods.asks(recipe)
            first = reruns.question(session, recipe, ids[0], clips=studio.settings.clips) if asks else None
        return {"estimate": asdict(found), "question": asdict(first) if first else None}

    @router.post("", status_code=201)
    def start(wanted: Wanted, who: Who) -> dict[str, int]:
        """Queue it; the captions come through the same queue as all others."""
        recipe = methods.recipe_of(wanted.method, wanted.sets)
        with studio.store.write() as session:
            ids = chosen(session, wanted)
            run = runs.create_on_clips(session, recipe, ids, by=who, adopts=wanted.adopts, note=wanted.note)
            return {"id": run.id, "clips": len(ids)}

    return router


def chosen(session: Session, wanted: Wanted) -> list[int]:
    """Ids of the clips that are meant. Raises `Usage` when there are none."""
    if wanted.clips:
        query = select(Clip.id).where(Clip.id.in_(wanted.clips))
    else:
        query = select(Clip.id).where(Clip.superseded == 0, *where(session, wanted.where).conditions())
    found = list(session.scalars(query.order_by(Clip.id).limit(MOST)))
    found = flow.without_bad_clips(session, found)
    if not found:
        raise Usage("no clip is chosen, or all are rejected for the clip itself: loosen the filter, or run videos first")
    count = min(wanted.some or len(found), len(found))
    return [found[index * len(found) // count] for index in range(count)]


def _method(name: str) -> dict[str, Any]:
    recipe: Recipe = methods.recipe_of(name)
    stage = methods.stage_of(recipe)
    schema = type(stage).model_json_schema()["properties"]
    return {"name": name, "about": stage.about, "asks": methods.asks(recipe), "fields": schema}

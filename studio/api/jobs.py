"""Runs: start, watch, pause, resume, cancel, retry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from db import queue, runs
from pipelines import recipe as recipes
from pipelines.errors import Usage
from studio.auth import Who
from studio.inputs import checked, sample_videos
from studio.page import Studio

Line = Annotated[str, StringConstraints(max_length=4096)]

VERBS: dict[str, Callable[[Session, int], object]] = {
    "pause": runs.pause,
    "resume": runs.resume,
    "cancel": runs.cancel,
    "retry": runs.retry,
}


class NewRun(BaseModel):
    """A request to run `inputs` through `recipe`; the same words as on the command line."""

    model_config = ConfigDict(extra="forbid")

    inputs: list[Line] = Field(default_factory=list, max_length=1000)
    recipe: Line = "quickstart"
    sets: list[Line] = Field(default_factory=list, max_length=200)
    samples: bool = False
    """Take the sample videos instead of `inputs`."""


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/runs")

    @router.get("")
    def recent() -> dict[str, Any]:
        with studio.store.read() as session:
            found = [runs.progress(session, run.id) for run in runs.recent(session)]
            return {"runs": [_row(progress) for progress in found], "workers": queue.workers_alive(session)}

    @router.post("", status_code=201)
    def start(asked: NewRun, who: Who) -> dict[str, int]:
        recipe = known_recipe(asked.recipe, asked.sets)
        inputs = [str(sample_videos())] if asked.samples else checked(studio.settings, asked.inputs)
        with studio.store.write() as session:
            return {"id": runs.create(session, recipe, inputs=inputs, by=who).id}

    @router.post("/{run_id}/{verb}")
    def act(run_id: int, verb: Literal["pause", "resume", "cancel", "retry"]) -> dict[str, Any]:
        with studio.store.write() as session:
            VERBS[verb](session, run_id)
            return _row(runs.progress(session, run_id))

    @router.get("/{run_id}/failures")
    def failures(run_id: int) -> list[dict[str, Any]]:
        with studio.store.read() as session:
            return [asdict(failure) for failure in runs.failures(session, run_id)]

    return router


def known_recipe(name: str, sets: list[str]) -> recipes.Recipe:
    """A recipe that ships: from a browser no path is taken."""
    if name not in recipes.names():
        raise Usage(f"there is no recipe {name!r}; known: {', '.join(recipes.names())}")
    return recipes.load(name, sets)


def _row(progress: runs.Progress) -> dict[str, Any]:
    return {**asdict(progress), "seconds": progress.seconds}

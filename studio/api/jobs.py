"""Runs: start, watch, pause, resume, cancel, retry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from db import failures, log, progress, runs, workers
from db.models import Run
from db.runs import Input
from pipelines import recipe as recipes
from pipelines.errors import Usage
from settings import Settings
from studio.auth import Who
from studio.imports import Outlook, Reading, inputs_of, outlook
from studio.inputs import checked, sample_videos
from studio.languages import Told
from studio.page import Studio
from studio.plans import Plan, plan

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
    reading: Reading | None = None
    """`inputs` are lists and folders of clips with captions, to be read like this."""


class Priority(BaseModel):
    """1 before other runs, 0 among them, -1 after them."""

    model_config = ConfigDict(extra="forbid")
    priority: Literal[-1, 0, 1]


class Again(BaseModel):
    """A run as it was asked for, to fill the form with."""

    inputs: list[str]
    recipe: str
    sets: list[str]
    reading: Reading | None = None


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/runs")

    @router.get("")
    def recent() -> dict[str, Any]:
        with studio.store.read() as session:
            found = [progress.of(session, run) for run in runs.recent(session)]
            rows, loads = [_row(progress) for progress in found], workers.loads(session)
            return {"runs": rows, "workers": workers.alive(session), "loads": [asdict(one) for one in loads]}

    @router.post("", status_code=201)
    def start(asked: NewRun, who: Who) -> dict[str, int]:
        recipe = known_recipe(asked.recipe, asked.sets)
        inputs = wanted(studio.settings, asked)
        with studio.store.write() as session:
            return {"id": runs.create(session, recipe, inputs=inputs, by=who).id}

    @router.post("/plan")
    def dry_run(asked: NewRun, told: Told) -> Plan | Outlook:
        recipe, inputs = known_recipe(asked.recipe, asked.sets), wanted(studio.settings, asked)
        found = outlook(inputs) if asked.reading else plan(studio.store, recipe, [one.path for one in inputs])
        return replace(found, problems=tuple(map(told, found.problems)))

    @router.get("/{run_id}/asked")
    def asked_for(run_id: int) -> Again:
        with studio.store.read() as session:
            return again(runs.get(session, run_id))

    @router.post("/{run_id}/priority")
    def priority(run_id: int, wanted: Priority) -> dict[str, Any]:
        with studio.store.write() as session:
            runs.set_priority(session, run_id, wanted.priority)
            return _row(progress.of(session, runs.get(session, run_id)))

    @router.get("/{run_id}/reasons")
    def reasons(run_id: int, told: Told) -> list[failures.Reason]:
        with studio.store.read() as session:
            return [replace(one, reason=told(one.reason)) for one in failures.reasons(session, run_id)]

    @router.post("/{run_id}/{verb}")
    def act(run_id: int, verb: Literal["pause", "resume", "cancel", "retry"], who: Who) -> dict[str, Any]:
        with studio.store.write() as session:
            VERBS[verb](session, run_id)
            log.note(session, f"run: {verb}", by=who, run=run_id)
            return _row(progress.of(session, runs.get(session, run_id)))

    @router.get("/{run_id}/failures")
    def failed(run_id: int, told: Told) -> list[failures.Failure]:
        with studio.store.read() as session:
            return [replace(one, reason=told(one.reason)) for one in failures.listed(session, run_id)]

    return router


def wanted(settings: Settings, asked: NewRun) -> list[Input]:
    """What the run is to look into. Raises `Usage` naming the first that is missing or not allowed."""
    if asked.samples:
        return [Input(str(sample_videos()))]
    paths = checked(settings, asked.inputs)
    return [Input(path) for path in paths] if asked.reading is None else inputs_of(settings, paths, asked.reading)


def known_recipe(name: str, sets: list[str]) -> recipes.Recipe:
    """A recipe that ships: from a browser no path is taken."""
    if name not in recipes.names():
        raise Usage(f"there is no recipe {name!r}; known: {', '.join(recipes.names())}")
    return recipes.load(name, sets)


def again(run: Run) -> Again:
    """What was asked for: its inputs, and the settings in which it differs from the recipe of that name as it is now."""
    base = recipes.load(run.recipe).config() if run.recipe in recipes.names() else {}
    sets = list(differences(base, run.config))
    first = runs.input_of(run, "0") if run.inputs else Input("")
    reading = Reading.like(first) if first.take else None
    return Again(inputs=list(progress.inputs(run)), recipe=run.recipe, sets=sets, reading=reading)


def differences(base: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    """`stage.field=value` for every setting of a stage in which the second differs from the first."""
    known = dict(_settings(base))
    for name, value in _settings(config):
        if name in known and known[name] != value:
            yield f"{name}={json.dumps(value)}"


def _settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for part, value in config.items():
        stages = value if isinstance(value, list) else [{part: value}] if part == "scan" else []
        for stage in stages:
            for name, fields in stage.items() if isinstance(stage, dict) else ():
                yield from ((f"{name}.{field}", given) for field, given in (fields or {}).items())


def _row(now: progress.Progress) -> dict[str, Any]:
    return {**asdict(now), "seconds": now.seconds}

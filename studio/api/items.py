"""One item of a run: how it stands, and all that happened to it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request

from db import failures, story
from studio import roles, telling
from studio.auth import person
from studio.languages import Told
from studio.page import Studio


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/runs/items")

    @router.get("/{job_id}")
    def item(job_id: int, told: Told) -> failures.Details:
        with studio.store.read() as session:
            found = failures.details(session, job_id)
        return replace(found, reason=told(found.reason or "") or None)

    @router.get("/{job_id}/story")
    def its_story(job_id: int, request: Request, told: Told) -> list[story.Step]:
        """All that happened to it; where in the program something went wrong is for whoever runs this."""
        with studio.store.read() as session:
            steps = [telling.step(one, told) for one in story.story(session, job_id)]
        return steps if roles.may(person(request).role, "admin") else [replace(step, trace="") for step in steps]

    return router

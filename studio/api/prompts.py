"""Prompts: all versions with how their captions fared, and new versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from db import prompts
from pipelines.prompts import VARIABLES
from pipelines.records import Prompt
from studio.auth import Who
from studio.page import Studio

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Written(BaseModel):
    """A prompt as somebody wrote it: a new name, or a new version of an old one."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=20_000)
    system: str = Field("", max_length=20_000)
    note: str = Field("", max_length=500)
    tags: list[Tag] = Field(default_factory=list, max_length=20)


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/prompts")

    @router.get("")
    def everything() -> dict[str, Any]:
        """All versions, by name and the newest first, and what may stand in braces."""
        with studio.store.write() as session:
            prompts.ensure_shipped(session)
        with studio.store.read() as session:
            return {"prompts": [asdict(one) for one in prompts.everything(session)], "variables": VARIABLES}

    @router.post("", status_code=201)
    def save(written: Written, who: Who) -> dict[str, Any]:
        """Keep a new version; the same words under the same name are the version that is there."""
        prompt = Prompt(written.name, written.text.strip(), written.system.strip())
        with studio.store.write() as session:
            return asdict(prompts.save(session, prompt, by=who, note=written.note, tags=written.tags))

    return router

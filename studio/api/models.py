"""Models: what the catalogue offers here, who would answer for each, and which servers are known. Never a key."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from pipelines import offers
from pipelines.offers import Offer
from studio.languages import Told
from studio.page import Studio
from studio.words.below import Below


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/models")

    @router.get("")
    def everything(told: Told) -> dict[str, Any]:
        """The catalogue in its order, and the servers by name."""
        return {"models": [_row(one, told) for one in offers.offers()], "servers": offers.places()}

    return router


def _row(one: Offer, told: Below) -> dict[str, Any]:
    ways = [{"backend": way.backend, "missing": told(way.missing) if way.missing else None} for way in one.ways]
    known = {"frame_tokens": one.frame_tokens, "here": one.here is not None, "advice": told(one.advice), "ways": ways}
    return {**one.model.model_dump(mode="json"), **known, "answers": one.answers, "standing": told(one.standing)}

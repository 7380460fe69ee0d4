"""Models: what the catalogue offers here, who would answer for each, and which servers are known. Never a key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from pipelines import offers
from pipelines.offers import Offer
from studio.page import Studio


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/models")

    @router.get("")
    def everything() -> dict[str, Any]:
        """The catalogue in its order, and the servers by name."""
        return {"models": [_row(one) for one in offers.offers()], "servers": offers.places()}

    return router


def _row(one: Offer) -> dict[str, Any]:
    ways = [asdict(way) for way in one.ways]
    told = {"frame_tokens": one.frame_tokens, "here": one.here is not None, "advice": one.advice, "ways": ways}
    return {**one.model.model_dump(mode="json"), **told, "answers": one.answers, "standing": one.standing}

"""Second looks: how many clips get one, how far people agree, and what a lead makes of differences."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from db import adjudication, opinions
from db.adjudication import Agreements, Difference
from db.decisions import Conflict, Decided
from studio import telling
from studio.api.spot_check import Lead
from studio.languages import Told
from studio.page import Studio


class Overview(BaseModel):
    """What is set, what came of it, and what waits for a lead."""

    share: float
    agreements: Agreements
    differences: list[Difference]


class Share(BaseModel):
    """A new share of clips that are looked at twice."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    share: float = Field(ge=0, le=1)


class Settled(BaseModel):
    """The opinion that shall stand."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    stands: Literal["first", "second"]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/opinions")
    store = studio.store

    @router.get("")
    def overview(told: Told) -> Overview:
        with store.read() as session:
            return Overview(
                share=opinions.share(session),
                agreements=adjudication.agreements(session),
                differences=[telling.difference(one, told) for one in adjudication.differences(session)],
            )

    @router.post("/share")
    def share(asked: Share, who: Lead) -> dict[str, float]:
        with store.write() as session:
            opinions.set_share(session, asked.share, by=who, key=asked.key)
            return {"share": opinions.share(session)}

    @router.post("/{clip_id}/settle")
    def settle(clip_id: int, asked: Settled, who: Lead, response: Response) -> Decided | Conflict:
        with store.write() as session:
            answer = adjudication.settle(session, clip_id, kind=asked.stands, by=who, key=asked.key)
        response.status_code = 409 if isinstance(answer, Conflict) else 200
        return answer

    return router

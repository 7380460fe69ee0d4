"""A winner's captions put in force where people look at them together, and put back."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from db import promotions
from db.contestants import Grouping
from db.promotions import Done, Promotion
from studio.api.compare import Id, Key, Line
from studio.api.review import where
from studio.auth import Who
from studio.page import Studio


class Promote(BaseModel):
    """A contestant whose captions are to come into force on the clips that `where` lets pass."""

    model_config = ConfigDict(extra="forbid")
    key: Key
    contestant: Id
    by: Grouping
    where: list[Line] = Field(default_factory=list, max_length=50)


class Outlook(BaseModel):
    """How many clips would get another caption."""

    clips: int


class Back(BaseModel):
    """A promotion to take back."""

    model_config = ConfigDict(extra="forbid")
    key: Key
    of: Key


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/compare")
    store = studio.store

    @router.post("/outlook")
    def outlook(asked: Promote) -> Outlook:
        with store.read() as session:
            wanted = Promotion(asked.contestant, asked.by, where(session, asked.where))
            return Outlook(clips=len(promotions.changes(session, wanted)))

    @router.post("/promote")
    def promote(asked: Promote, who: Who) -> Done:
        with store.write() as session:
            wanted = Promotion(asked.contestant, asked.by, where(session, asked.where))
            return promotions.promote(session, wanted, by=who, key=asked.key)

    @router.post("/take-back")
    def take_back(asked: Back, who: Who) -> Done:
        with store.write() as session:
            return promotions.take_back(session, asked.of, by=who, key=asked.key)

    return router

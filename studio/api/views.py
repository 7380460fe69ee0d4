"""Saved views: a filter and an order of the Library under a name."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from db import paging, saved
from db.saved import View
from studio.api.library import known_order
from studio.api.review import where
from studio.auth import Who, person
from studio.page import Studio


class NewView(BaseModel):
    """A filter and an order to keep under a name."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    where: list[str] = Field(default_factory=list, max_length=50)
    sort: str = Field(paging.NEWEST, max_length=64)
    shared: bool = False


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/library/views")
    store = studio.store

    @router.get("")
    def views(who: Who) -> list[View]:
        with store.read() as session:
            return saved.seen_by(session, who)

    @router.post("", status_code=201)
    def save(view: NewView, who: Who) -> View:
        with store.write() as session:
            where(session, view.where)
            sort = known_order(session, view.sort)
            return saved.save(session, view.name, by=who, where=view.where, sort=sort, shared=view.shared)

    @router.post("/{view_id}/forget")
    def forget(view_id: int, request: Request) -> dict[str, int]:
        me = person(request)
        with store.write() as session:
            saved.forget(session, view_id, by=me.name, any_owner=me.role == "admin")
        return {"forgotten": view_id}

    return router

"""One gesture on many clips: seen first, done in portions, taken back whole.

The browser asks for portion after portion under one key, so that no request takes long and anybody can stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from db import bulk
from db.bulk import Gesture, Portion, Preview
from studio.api.review import where
from studio.auth import Who
from studio.page import Studio

AT_ONCE_S = 0.5
"""A request works through portions for about this long."""


class Asked(BaseModel):
    """A gesture, and the clips it is for: by the same words as on the command line."""

    model_config = ConfigDict(extra="forbid")
    where: list[str] = Field(default_factory=list, max_length=50)
    act: Literal["accept", "reject", "tag", "untag", "replace"]
    reason: str = Field("", max_length=300)
    tag: str = Field("", max_length=80)
    find: str = Field("", max_length=2000)
    put: str = Field("", max_length=2000)

    def gesture(self) -> Gesture:
        return Gesture(self.act, reason=self.reason, tag=self.tag, find=self.find, put=self.put)


class Go(Asked):
    """The next portions of it."""

    key: str = Field(min_length=8, max_length=64)
    after: int = Field(0, ge=0)
    until: int = Field(ge=0)


class Back(BaseModel):
    """The next portions of taking one back."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=64)
    of: str = Field(max_length=64)
    after: int = Field(0, ge=0)


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/bulk")
    store = studio.store

    @router.post("/preview")
    def preview(asked: Asked) -> Preview:
        with store.read() as session:
            return bulk.preview(session, where(session, asked.where), asked.gesture())

    @router.post("/do")
    def do(go: Go, who: Who) -> Portion:
        def portion(after: int) -> Portion:
            with store.write() as session:
                wanted = where(session, go.where)
                return bulk.do(session, wanted, go.gesture(), key=go.key, by=who, after=after, until=go.until)

        return together(portion, go.after)

    @router.post("/undo")
    def undo(back: Back, who: Who) -> Portion:
        def portion(after: int) -> Portion:
            with store.write() as session:
                return bulk.take_back(session, back.of, key=back.key, by=who, after=after)

        return together(portion, back.after)

    return router


def together(portion: Callable[[int], Portion], after: int) -> Portion:
    """Portions one after the other until the time is over; between them others may write."""
    began = time.monotonic()
    done = left_alone = 0
    while True:
        one = portion(after)
        done, left_alone = done + one.done, left_alone + one.left_alone
        if one.after is None or time.monotonic() - began > AT_ONCE_S:
            return Portion(done, left_alone, one.after)
        after = one.after

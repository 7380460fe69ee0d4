"""For programs: clips in pages, exports, and a caption for a video. `/docs` lists it all."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from db import clips, errands, exports, paging, workers
from db.errands import ErrandView
from db.views import ClipView
from pipelines.catalogue import choices
from studio.api import exports as export_page
from studio.api.review import where
from studio.api.uploads import MIB, claimed_size, fit_name, make_room, store
from studio.auth import Who
from studio.page import Studio

Where = Annotated[list[str], Query(max_length=50, description="verdict=kept, motion>0.02, … as `app.py clips --where`")]
LONGEST_QUESTION = 4000
LONGEST_FORM = 64 << 10
"""Bytes of a field beside the video."""
WAIT_S, LOOK_S = 600.0, 0.25
CHUNK_BYTES = 1 << 20
CAPTION_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["video"],
                    "properties": {
                        "video": {"type": "string", "format": "binary"},
                        "question": {"type": "string", "description": "Empty or @Caption asks for a detailed description"},
                        "temperature": {"type": "number", "default": 0.0},
                        "model": {"type": "string", "description": "Name in the catalogue; the default one when empty"},
                    },
                }
            }
        },
    }
}


class Page(BaseModel):
    """Some clips; with `after` the next page is asked for, null on the last."""

    clips: list[ClipView]
    after: str | None


class Answered(BaseModel):
    """What the model says of the video."""

    answer: str
    model: str


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/clips")
    def listed(
        where_: Annotated[Where, Query(alias="where")] = [],  # noqa: B006
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Page:
        """Clips with all that is known of them, oldest first. The next page follows `after`."""
        with studio.store.read() as session:
            found = clips.page(session, where(session, where_), sort=paging.OLDEST, after=after, limit=limit)
        return Page(clips=found.clips, after=found.after)

    about = "Write a training set into the folder `name` below the exports of the studio, as the Export page does."
    router.add_api_route("/export", _begin(studio), methods=["POST"], status_code=201, description=about)

    @router.get("/export/{export_id}")
    def export(export_id: int) -> dict[str, Any]:
        """An export, and how far it is."""
        with studio.store.read() as session:
            try:
                return asdict(exports.view(session, export_id))
            except NoResultFound:
                raise HTTPException(404, f"there is no export {export_id}") from None

    @router.post("/caption", openapi_extra=CAPTION_BODY)
    async def caption(request: Request, who: Who) -> Answered:
        """A video and a question in, words out. Takes the fields of CogVLM2-Video's `/video_qa`, too. Waits for a worker."""
        path, wish = await received(request, studio)
        try:
            errand_id = await run_in_threadpool(ask, studio, {**wish, "path": str(path)}, who)
            return answered(await ended(studio, errand_id))
        finally:
            await run_in_threadpool(path.unlink, missing_ok=True)

    return router


def _begin(studio: Studio) -> Callable[..., Any]:
    """What the Export page calls, for programs under a name of its own."""
    theirs = (route for route in export_page.routes(studio).routes if isinstance(route, APIRoute))
    return next(route.endpoint for route in theirs if "POST" in (route.methods or ()))


async def received(request: Request, studio: Studio) -> tuple[Path, dict[str, Any]]:
    """The video, on disk, and what is wished of it."""
    most = studio.settings.max_upload_mib * MIB
    if claimed_size(request) > most + LONGEST_FORM:
        raise HTTPException(413, f"the video is larger than the {studio.settings.max_upload_mib} MiB it may have")
    try:
        form = await request.form(max_files=1, max_fields=8, max_part_size=LONGEST_FORM)
    except (MultiPartException, HTTPException) as error:
        raise HTTPException(
            400, f"the form cannot be read ({getattr(error, 'detail', error)}); send multipart/form-data"
        ) from None
    try:
        wish = wished({name: value for name, value in form.items() if isinstance(value, str)})
        return await stored(form.get("video"), studio, most), wish
    finally:
        await form.close()


async def stored(video: Any, studio: Studio, most: int) -> Path:
    """The file, under a name of ours; the kind of file is all that is taken from its own."""
    if not isinstance(video, UploadFile) or not video.filename:
        raise HTTPException(400, "the field video holds no file")
    kind = Path(fit_name(re.sub(r"[^\w.-]", "_", video.filename).lstrip("."))).suffix.lower()
    path = studio.settings.uploads / f"caption-{uuid.uuid4().hex}{kind}"
    await run_in_threadpool(make_room, path.parent, path, video.size or 0, most)
    await store(_parts(video), path, most)
    return path


async def _parts(video: UploadFile) -> AsyncIterator[bytes]:
    while data := await video.read(CHUNK_BYTES):
        yield data


def wished(fields: dict[str, str]) -> dict[str, Any]:
    """Question, temperature and model as they are given, checked."""
    question = fields.get("question") or fields.get("prompt") or ""
    if len(question) > LONGEST_QUESTION:
        raise HTTPException(400, f"the question is longer than {LONGEST_QUESTION} characters")
    try:
        temperature = float(fields.get("temperature") or 0.0)
    except ValueError:
        temperature = -1.0
    if not 0 <= temperature <= 2:
        raise HTTPException(400, "temperature is a number from 0 to 2")
    model = fields.get("model", "")
    if model and model not in choices("caption"):  # never a folder or a hub id: what a stranger names must not be loaded
        raise HTTPException(400, f"there is no model of this name; known are {', '.join(choices('caption'))}")
    return {"question": question, "temperature": temperature, "model": model}


def ask(studio: Studio, wish: dict[str, Any], who: str) -> int:
    """Queue the question for a worker."""
    with studio.store.write() as session:
        if not workers.alive(session):
            raise HTTPException(503, "no worker is running, so nobody would answer; start one: python app.py worker")
        return errands.create(session, "answer", wish, label="a video that was sent", by=who)


async def ended(studio: Studio, errand_id: int) -> ErrandView:
    """The errand once a worker is through with it; given up after ten minutes."""
    until = time.monotonic() + WAIT_S
    try:
        while not (now := await run_in_threadpool(_look, studio, errand_id)).has_ended:
            if time.monotonic() > until:
                raise HTTPException(504, f"no answer came within {WAIT_S / 60:.0f} minutes; are the workers busy?")
            await asyncio.sleep(LOOK_S)
        return now
    finally:
        await run_in_threadpool(_drop, studio, errand_id)


def answered(errand: ErrandView) -> Answered:
    if errand.state != "done":
        raise HTTPException(422, errand.error or "it could not be answered")
    return Answered(**errand.answer)


def _look(studio: Studio, errand_id: int) -> ErrandView:
    with studio.store.read() as session:
        return errands.view(session, errand_id)


def _drop(studio: Studio, errand_id: int) -> None:
    """Who asked has hung up or has the answer: nothing more is to be done."""
    with studio.store.write() as session:
        errands.cancel(session, errand_id)

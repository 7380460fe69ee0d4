"""Light copies of clips, made when somebody is about to watch one that has none yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from db import sources
from db.session import Store
from pipelines.child import Child
from pipelines.errors import Refused
from pipelines.files import clip_folder
from settings import Settings

SECONDS = 120.0
AT_ONCE = 2
"""More would take the cores from the worker."""


class Proxies:
    """Makes each proxy once, however many ask for it at the same time."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.clips = settings.clips
        self.store = store
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._making: dict[str, asyncio.Task[None]] = {}

    async def ready(self, key: str) -> Path:
        """The proxy's path, once it is there. Raises `Refused` when it cannot be made."""
        path = clip_folder(self.clips, key) / "proxy.mp4"
        if not path.exists():
            task = self._making.get(key) or self._begin(key, path)
            await asyncio.shield(task)  # whoever asked may go away; the others still wait
        return path

    def _begin(self, key: str, path: Path) -> asyncio.Task[None]:
        task = self._making[key] = asyncio.create_task(self._make(key, path))
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    def _end(self, key: str, done: asyncio.Task[None]) -> None:
        del self._making[key]
        if not done.cancelled():
            done.exception()  # whoever still waits gets it; nobody waiting is no reason to complain

    async def _make(self, key: str, path: Path) -> None:
        async with self._slots:
            await run_in_threadpool(self._encode, key, path)

    def _encode(self, key: str, path: Path) -> None:
        with self.store.read() as session:
            found = sources.stretch(session, key)
        if found is None:
            raise Refused("source_gone", "the video of this clip is no longer where it was; put it back and queue it again")
        path.parent.mkdir(parents=True, exist_ok=True)
        argument = {"path": found.path, "start_pts": found.start_pts, "end_pts": found.end_pts, "dest": str(path)}
        with Child() as child:
            child.run("pipelines.media.proxy:make_proxy", argument, seconds=SECONDS)

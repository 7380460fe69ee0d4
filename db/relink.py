"""Videos whose folder moved: which of their names are meant, and the names they have now."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from db.models import Video, VideoPath
from pipelines.errors import Usage
from pipelines.relocate import Lost, Match


def below(session: Session, old: str, new: str) -> list[Lost]:
    """Every file known in the folder `old` (or the file of that name), with its place if `old` had become `new`.

    Both are absolute. Raises `Usage` when nothing is known there."""
    top = os.fsencode(old)
    inside = func.substr(VideoPath.path, 1, len(top) + 1) == top.rstrip(b"/") + b"/"
    rows = session.execute(
        select(VideoPath.path, Video.sha256, VideoPath.size_bytes, VideoPath.mtime_ns)
        .join(Video, Video.id == VideoPath.video_id)
        .where(or_(VideoPath.path == top, inside))
        .order_by(VideoPath.path)
    ).all()
    found = [_lost(os.fsdecode(row.path), old, new, row) for row in rows]
    if not found:
        raise Usage(f"no video is known in {old}; `python app.py clips` prints where videos were")
    return found


def _lost(path: str, old: str, new: str, row: Any) -> Lost:
    return Lost(path, new + path[len(old) :], row.sha256, row.size_bytes, row.mtime_ns)


def move(session: Session, matches: Iterable[Match]) -> None:
    """Give each file its new name. A name that was known meanwhile is taken over, whatever it was thought to hold."""
    for match in matches:
        row = session.scalars(select(VideoPath).where(VideoPath.path == os.fsencode(match.lost.path))).one_or_none()
        if row is None:  # somebody was faster
            continue
        now = os.fsencode(match.path)
        session.execute(delete(VideoPath).where(VideoPath.path == now, VideoPath.id != row.id))
        row.path, row.given, row.seen_at = now, now.decode("utf-8", "replace"), time.time()
        row.size_bytes = match.identity.size_bytes
        row.mtime_ns, row.inode = match.identity.mtime_ns, match.identity.inode
        session.flush()

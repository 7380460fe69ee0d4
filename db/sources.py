"""Where the bytes of a clip can be read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Clip, VideoPath


@dataclass(frozen=True, slots=True)
class Stretch:
    """A clip as a decoder needs it: a file that still holds its content, and its ticks."""

    path: str
    start_pts: int
    end_pts: int


def path_of(session: Session, video_id: int) -> str | None:
    """The first of a video's names under which the same file still lies."""
    for name in session.scalars(select(VideoPath).where(VideoPath.video_id == video_id).order_by(VideoPath.id)):
        if unchanged(name):
            return os.fsdecode(name.path)
    return None


def stretch(session: Session, key: str) -> Stretch | None:
    """The clip with this key, where its video still lies."""
    clip = session.scalar(select(Clip).where(Clip.key == key))
    path = path_of(session, clip.video_id) if clip else None
    return Stretch(path, clip.start_pts, clip.end_pts) if clip and path else None


def unchanged(name: VideoPath) -> bool:
    """Size and time are still those of the file that was read."""
    try:
        found = Path(os.fsdecode(name.path)).stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (name.size_bytes, name.mtime_ns)

"""Fills a store with a library of clips: rows for the verbs, and pictures and little videos for the screen."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import runs
from db.models import Caption, Clip, Fact, Run, Score, Video, VideoPath
from db.runs import Input
from db.session import Store
from pipelines.files import clip_folder
from pipelines.recipe import load
from settings import Settings

FPS = 12
TILES = 6
TILE = (160, 90)
INFO = {
    "container": "mov,mp4", "codec": "h264", "stream": 0, "width": 320, "height": 180, "rotation": 0, "sample_aspect": "1",
    "fps": float(FPS), "duration_s": 60.0, "time_base": "1/12", "first_pts": 0, "pixel_format": "yuv420p",
    "has_audio": False, "hdr": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A clip to make."""

    text: str | None = "A ball rolls over a table."
    """Of its caption; None makes a clip without one."""
    verdict: str | None = "kept"
    reasons: tuple[str, ...] = ()
    scores: Mapping[str, float | None] = field(default_factory=lambda: {"motion": 0.1, "text": 0.0})
    """None is a score that could not be measured."""
    facts: Mapping[str, str] = field(default_factory=lambda: {"camera": "static"})
    review: str = "waiting"
    superseded: int = 0
    outcome: str = "ok"
    video: str = "films/ball.mp4"
    seconds: float = 2.0


def add_run(session: Session, *, rules: list[dict[str, object]] | None = None) -> Run:
    """An active run with these rules."""
    given = [{"score": "motion", "low": 0.02, "high": None}] if rules is None else rules
    run = Run(recipe="quickstart", config={"name": "quickstart"}, rules=given, inputs=["films"], created_at=time.time())
    session.add(run)
    session.flush()
    return run


def add_clip(session: Session, made: Made | None = None, *, run: Run | None = None) -> Clip:
    """One clip, one second after the last one of its video; no other store has its key: a browser may know its pictures."""
    made = made or Made()
    video = _video(session, made.video)
    before = session.scalars(select(Clip.end_s).where(Clip.video_id == video.id).order_by(Clip.id.desc()).limit(1)).first()
    start = (before or 0.0) + 1.0
    clip = Clip(
        key=hashlib.sha256(f"{session.get_bind().engine.url}|{video.id}|{start}".encode()).hexdigest()[:32],
        video_id=video.id,
        run_id=run.id if run else None,
        start_pts=round(start * FPS),
        end_pts=round((start + made.seconds) * FPS),
        start_s=start,
        end_s=start + made.seconds,
        frames=round(made.seconds * FPS),
        sheet={"times_s": [(i + 0.5) * made.seconds / TILES for i in range(TILES)], "tile": list(TILE)},
        verdict=made.verdict,
        reasons=list(made.reasons),
        review=made.review,
        superseded=made.superseded,
    )
    session.add(clip)
    session.flush()
    for name, value in made.scores.items():
        missing = None if value is not None else "the detector gave up"
        session.add(Score(clip_id=clip.id, name=name, value=value, missing=missing))
    session.add_all(Fact(clip_id=clip.id, name=name, text=text) for name, text in made.facts.items())
    if made.text is not None:
        caption = Caption(
            clip_id=clip.id, text=made.text, author="machine", model="measured", outcome=made.outcome, created_at=time.time()
        )
        session.add(caption)
        session.flush()
        clip.caption_id = caption.id
    session.flush()
    return clip


def make_files(settings: Settings, clip: Clip) -> None:
    """Contact sheet, poster and proxy: a pale square that moves over a ground whose colour names the clip."""
    make_pictures(settings, clip)
    _mp4(clip_folder(settings.clips, clip.key) / "proxy.mp4", [_frame(clip, index) for index in range(clip.frames)])


def make_pictures(settings: Settings, clip: Clip) -> None:
    """Contact sheet and poster alone."""
    folder = clip_folder(settings.clips, clip.key)
    folder.mkdir(parents=True, exist_ok=True)
    tiles = [_frame(clip, min(round(t * FPS), clip.frames - 1))[::2, ::2] for t in clip.sheet["times_s"]]
    _jpeg(folder / "sheet.jpg", np.concatenate(tiles, axis=1))
    _jpeg(folder / "poster.jpg", _frame(clip, clip.frames // 2))


def _video(session: Session, path: str) -> Video:
    known = session.scalar(select(VideoPath).where(VideoPath.given == path))
    if known:
        return known.video
    video = Video(sha256=hashlib.sha256(path.encode()).hexdigest(), size_bytes=1000, info=INFO, created_at=time.time())
    session.add(video)
    session.flush()
    name = VideoPath(
        video_id=video.id, path=b"/" + path.encode(), given=path, size_bytes=1000, mtime_ns=0, inode=0, seen_at=time.time()
    )
    session.add(name)
    session.flush()
    return video


def _frame(clip: Clip, index: int) -> np.ndarray:
    number, progress = clip.id, index / clip.frames
    ground = np.array([(number * 67) % 180 + 40, (number * 131) % 180 + 40, (number * 29) % 180 + 40], np.uint8)
    picture = np.tile(ground, (180, 320, 1))
    left = round(20 + progress * 240)
    picture[70:110, left : left + 40] = 240
    return picture


def _jpeg(path: Path, picture: np.ndarray) -> None:
    height, width = picture.shape[:2]
    with av.open(str(path), "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        out.mux(stream.encode(frame))
        out.mux(stream.encode())


def _mp4(path: Path, frames: list[np.ndarray]) -> None:
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "6"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = index
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def queue_run(store: Store, *inputs: str | Input) -> int:
    """Ask for a run of `quickstart` over these inputs; its number."""
    with store.write() as session:
        return runs.create(session, load("quickstart"), inputs=list(inputs) or ["/films"], by="lin").id

"""A made library whose first clips can be watched: captions of sixty words, pictures and a proxy, all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import av
import numpy as np
from PIL import Image
from sqlalchemy import insert, update

from db.models import Caption, Clip, Score, Video
from db.session import Store
from pipelines.files import clip_folder
from settings import Settings

SECONDS, FPS, SIZE, TILES = 4, 24, (640, 360), 8
IN_ONE_INSERT = 5000
WATCHED = 600
"""Clips with files."""
INFO = {
    "container": "mov,mp4", "codec": "h264", "stream": 0, "width": SIZE[0], "height": SIZE[1], "rotation": 0,
    "sample_aspect": "1", "fps": float(FPS), "duration_s": 600.0, "time_base": "1/24", "first_pts": 0,
    "pixel_format": "yuv420p", "has_audio": False, "hdr": False,
}  # fmt: skip


def fill(store: Store, settings: Settings, clips: int) -> None:
    """A hundred clips a video, captions, a score each; the files of those that will be looked at."""
    words = "a b c d e f g h i j".replace(" ", "ird ").split()
    text = " ".join(f"The {one} crosses the street and turns." for one in words)
    sheet = {"times_s": [(i + 0.5) * SECONDS / TILES for i in range(TILES)], "tile": [160, 90]}
    for start in range(0, clips, IN_ONE_INSERT):
        ids = range(start + 1, min(start + IN_ONE_INSERT, clips) + 1)
        videos = sorted({n // 100 + 1 for n in ids})
        with store.write() as session:
            rows = [{"id": n, "sha256": f"{n:064d}", "size_bytes": 1, "info": INFO, "created_at": 0.0} for n in videos]
            session.execute(insert(Video).prefix_with("OR IGNORE"), rows)
            session.execute(insert(Clip), [clip(n, sheet) for n in ids])
            captions = [
                {"id": n, "clip_id": n, "text": f"Clip {n}. {text}", "author": "machine", "created_at": 0.0} for n in ids
            ]
            session.execute(insert(Caption), captions)
            session.execute(insert(Score), [{"clip_id": n, "name": "motion", "value": n % 97 / 97} for n in ids])
            session.execute(update(Clip).where(Clip.id.between(ids[0], ids[-1])).values(caption_id=Clip.id))
    make_files(settings, [f"{n:032x}" for n in range(1, min(WATCHED, clips) + 1)])


def clip(n: int, sheet: dict[str, Any]) -> dict[str, Any]:
    start = n % 100 * SECONDS
    ticks = {"start_pts": start * FPS, "end_pts": (start + SECONDS) * FPS, "frames": SECONDS * FPS}
    times = {"start_s": float(start), "end_s": float(start + SECONDS)}
    return {"id": n, "key": f"{n:032x}", "video_id": n // 100 + 1, "sheet": sheet, "verdict": "kept", **ticks, **times}


def make_files(settings: Settings, keys: Sequence[str]) -> None:
    """One set of files under many names: a browser cannot know."""
    frames = list(moving())
    first = clip_folder(settings.clips, keys[0])
    first.mkdir(parents=True)
    with av.open(str(first / "proxy.mp4"), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "28", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    tiles = [frames[i * len(frames) // TILES][::4, ::4] for i in range(TILES)]
    Image.fromarray(np.concatenate(tiles, axis=1)).save(first / "sheet.jpg")
    Image.fromarray(frames[0]).save(first / "poster.jpg")
    for key in keys[1:]:
        folder = clip_folder(settings.clips, key)
        folder.mkdir(parents=True)
        for path in first.iterdir():
            os.link(path, folder / path.name)


def moving() -> Iterator[np.ndarray[Any, np.dtype[np.uint8]]]:
    """A texture that drifts to the right."""
    rough = np.random.default_rng(0).integers(30, 220, (SIZE[1] // 20, SIZE[0] // 10, 3), np.uint8)
    scene = rough.repeat(20, axis=0).repeat(20, axis=1)
    for n in range(SECONDS * FPS):
        yield np.ascontiguousarray(scene[:, n * 4 : n * 4 + SIZE[0]])

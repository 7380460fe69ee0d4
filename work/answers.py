"""A question about a video that is in no library: the `answer` stage."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.errands import ErrandView
from db.queue import Lease
from pipelines import wire
from pipelines.captioners.ask import Ask
from pipelines.errors import Refused
from pipelines.files import clip_folder
from pipelines.ingest import content_hash, identify
from pipelines.records import Clip, Material, Measured, Outcome, Sheet, Video, VideoInfo
from pipelines.scan.params import Scan
from work import errand
from work.bench import Bench
from work.files import PROBE_SECONDS

SCAN = Scan.model_validate({"whole": True})
SCAN_SECONDS = 300.0
CAPTION = "@Caption"
"""What the stage `ask` takes for the wish for a description."""


def answer(leases: Sequence[Lease], bench: Bench) -> None:
    """Read a video as one clip, ask about it, keep the answer for who waits. Nothing of it stays in the library."""
    errand.run(leases, bench, _ask)


def _ask(lease: Lease, wish: ErrandView, bench: Bench) -> dict[str, Any]:
    given = wish.wish
    ready = bench.ready(Ask.model_validate({"model": given["model"]} if given["model"] else {}))
    stage = ready.model_copy(update={"question": given["question"] or CAPTION, "temperature": given["temperature"]})
    with tempfile.TemporaryDirectory(prefix="clapper-answer-") as folder:
        (caption,) = stage.process([_material(lease, given["path"], Path(folder), bench)])
    if caption.outcome not in (Outcome.OK, Outcome.TRUNCATED):
        raise Refused("no_answer", f"the model gave no usable answer ({caption.reason or caption.outcome})")
    return {"answer": caption.text, "model": caption.model}


def _material(lease: Lease, path: str, folder: Path, bench: Bench) -> Material:
    """The whole video as one clip, measured like any other."""

    def gone() -> bool:
        return bench.gone(lease)

    sha256 = content_hash(path, gone)
    info = bench.child.run("pipelines.media.opening:probe_file", {"path": path}, seconds=PROBE_SECONDS, cancelled=gone)
    video = Video(sha256, path, identify(path).size_bytes, wire.load(VideoInfo, info))
    argument = {"path": path, "sha256": sha256, "scan": SCAN.model_dump(mode="json"), "out": str(folder)}
    found: list[dict[str, Any]] = [
        message["clip"]
        for message in bench.child.call("pipelines.scan.run:scan", argument, seconds=SCAN_SECONDS, cancelled=gone)
        if "clip" in message
    ]
    if not found:
        raise Refused("no_frames", "no frame of it can be shown; is it whole?")
    clip = Clip(video, found[0]["start_pts"], found[0]["end_pts"], found[0]["frames"])
    measured = wire.load(Measured, found[0]["measured"])
    sheet = Sheet(str(clip_folder(folder, clip.key) / "sheet.jpg"), tuple(found[0]["times_s"]), tuple(found[0]["tile"]))
    scores, facts = {one.name: one for one in measured.scores}, {one.name: one.text for one in measured.facts}
    return Material(clip, sheet, scores, facts)

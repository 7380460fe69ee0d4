"""A real video, scanned once: what came out, as records and as pictures to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines import wire
from pipelines.export import sha256_of
from pipelines.files import clip_folder
from pipelines.media.opening import frames, open_video, probe
from pipelines.records import Clip, Material, Measured, ScannedClip, Sheet, Video
from pipelines.scan import sheet
from pipelines.scan.params import Scan
from pipelines.scan.run import Reading, scan
from pipelines.scan.shrink import Image


@dataclass(frozen=True)
class Scanned:
    """A video with its clips and the summary at the end."""

    video: Video
    clips: tuple[ScannedClip, ...]
    end: dict[str, Any]

    def score(self, name: str) -> list[float]:
        """One number a clip; a missing one is an error."""
        return [
            float(s.value) for clip in self.clips for s in clip.measured.scores if s.name == name and s.value is not None
        ]

    def facts(self, name: str) -> list[str]:
        return [fact.text for clip in self.clips for fact in clip.measured.facts if fact.name == name]

    def pictures(self) -> Iterator[list[Image]]:
        """Tiles of each clip's sheet."""
        for clip in self.clips:
            yield sheet.read(clip.sheet.path, clip.sheet.times_s)


def scan_file(path: Path, out: Path, **parameters: Any) -> Scanned:
    """Scan in this process."""
    video = Video(sha256_of(path), str(path), path.stat().st_size, probe(str(path)))
    argument = {"path": video.path, "sha256": video.sha256, "scan": parameters, "out": str(out)}
    *found, last = scan(argument)
    return Scanned(video, tuple(_record(video, message["clip"], out) for message in found), last["end"])


def material(found: ScannedClip) -> Material:
    """What scorers and captioners get of a scanned clip."""
    return Material(
        found.clip,
        found.sheet,
        {score.name: score for score in found.measured.scores},
        {fact.name: fact.text for fact in found.measured.facts},
    )


def shown(path: Path) -> list[int]:
    """Times in ticks of all frames the file shows."""
    with open_video(str(path)) as opened:
        return [frame.pts for frame in frames(opened)]


def luma(path: Path, size: tuple[int, int] = (64, 36)) -> dict[int, np.ndarray]:
    """Small grey pictures, as stored, of all frames by their times in ticks."""
    with open_video(str(path)) as opened:
        return {f.pts: f.reformat(*size, format="gray").to_ndarray().astype(np.float32) for f in frames(opened)}


def _record(video: Video, found: dict[str, Any], out: Path) -> ScannedClip:
    clip = Clip(video, found["start_pts"], found["end_pts"], found["frames"])
    width, height = found["tile"]
    path = clip_folder(out, clip.key) / "sheet.jpg"
    pictures = Sheet(str(path), tuple(found["times_s"]), (width, height))
    return ScannedClip(clip, wire.load(Measured, found["measured"]), pictures, found["fingerprint"])


def scenes_of(path: Path, **parameters: Any) -> list[tuple[float, float]]:
    """Start and end of each scene in seconds."""
    with open_video(str(path), options={"skip_loop_filter": "noref"}) as opened:
        reading = Reading(opened, Scan(**parameters))
        return [(reading.timeline[scene.first], reading.timeline[scene.end]) for scene in reading.scenes()]

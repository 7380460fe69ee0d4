"""Tar files that are read from front to back, for training on many machines.

000000.tar …                   by size: NAME.mp4, NAME.txt, NAME.json of one pair after the other
480p-4to6s-000000.tar …        by bucket: clips of like size and length lie together

The tars hold no clock time, no owner and no order but that of the pairs, so the same pairs give the same bytes.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.kinds import EXPORTERS, ClipFile, Cutter, Exporter
from pipelines.listing import one_line, pair_stem, planned
from pipelines.records import Sample
from pipelines.tables import as_json

SIDES = (240, 360, 480, 720, 1080, 1440, 2160)
"""Shorter sides that bound the buckets of resolution; a bucket is named after the largest that fits."""
LENGTHS_S = (0, 2, 4, 6, 8, 10, 15, 20, 30)


@EXPORTERS.register
class WebDataset(Exporter):
    """Pairs in shards of bounded size, each of one bucket if wanted."""

    name = "webdataset"
    about = (
        "Tar shards of clips, captions and JSON, by size or by resolution and length, as the library webdataset reads them."
    )
    packs: ClassVar[bool] = True

    shards: Literal["size", "bucket"] = Field(
        "size",
        title="Shards",
        description="size fills one after the other, bucket keeps like resolution and length together",
    )
    shard_mb: int = Field(
        500, ge=1, le=50_000, title="Largest shard, MB", description="A shard is closed before it grows beyond"
    )
    shard_pairs: int = Field(
        10_000, ge=1, le=1_000_000, title="Most pairs a shard", description="Whichever limit comes first"
    )

    def write(self, samples: Iterable[Sample], folder: Path, *, cut: Cutter) -> None:
        open_shards: dict[str, _Shard] = {}
        try:
            for sample, file in cut((sample, f"{pair_stem(sample)}.mp4") for sample in samples):
                bucket = _bucket(sample, file) if self.shards == "bucket" else ""
                shard = open_shards.setdefault(bucket, _Shard(folder, bucket))
                shard.make_room(file.size_bytes, most_bytes=self.shard_mb * 1_000_000, most_pairs=self.shard_pairs)
                shard.add(sample, folder / file.name, _facts(sample, file))
                (folder / file.name).unlink()
        finally:
            for shard in open_shards.values():
                shard.close()

    def preview(self, samples: Iterable[Sample]) -> str:
        return "\n".join(self._shown(sample, planned(sample, "")) for sample in samples)

    def _shown(self, sample: Sample, file: ClipFile) -> str:
        shard = f"{_bucket(sample, file)}-000000.tar" if self.shards == "bucket" else "000000.tar"
        names = f"{shard}: {pair_stem(sample)}.mp4, .txt, .json"
        return f"{names}\n{one_line(sample.text)}\n{as_json(_facts(sample, file))}\n"


class _Shard:
    """The tar that is being filled, and those of its bucket before it."""

    def __init__(self, folder: Path, bucket: str) -> None:
        self._folder, self._bucket = folder, bucket
        self._tar: tarfile.TarFile | None = None
        self._number = self._bytes = self._pairs = 0

    def make_room(self, size_bytes: int, *, most_bytes: int, most_pairs: int) -> None:
        """Begin another one when the pair would not fit any more. A pair larger than the limit gets one to itself."""
        if self._tar and (self._bytes + size_bytes > most_bytes or self._pairs >= most_pairs):
            self.close()
        if self._tar is None:
            name = f"{self._bucket}-{self._number:06d}.tar" if self._bucket else f"{self._number:06d}.tar"
            self._tar = tarfile.open(self._folder / name, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115 - closed by `close`
            self._number += 1
            self._bytes = self._pairs = 0

    def add(self, sample: Sample, clip: Path, facts: dict[str, object]) -> None:
        assert self._tar is not None
        stem = pair_stem(sample)
        with clip.open("rb") as file:
            self._tar.addfile(_member(f"{stem}.mp4", clip.stat().st_size), file)
        for ending, text in (("txt", one_line(sample.text)), ("json", as_json(facts))):
            data = text.encode("utf-8", "replace")
            self._tar.addfile(_member(f"{stem}.{ending}", len(data)), io.BytesIO(data))
        self._tar.members = []  # type: ignore[attr-defined]  # it would keep one for each file written, to be listed later
        self._bytes += clip.stat().st_size
        self._pairs += 1

    def close(self) -> None:
        if self._tar:
            self._tar.close()
        self._tar = None


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o644, 0
    return info


def _bucket(sample: Sample, file: ClipFile) -> str:
    """ "480p-4to6s": at least 480 pixels at the shorter side, from 4 up to 6 seconds."""
    side = max((side for side in SIDES if side <= min(file.width, file.height)), default=0)
    seconds = file.frames / file.fps if file.fps else sample.clip.duration_s
    low = max(bound for bound in LENGTHS_S if bound <= max(seconds, 0))
    high = next((bound for bound in LENGTHS_S if bound > low), None)
    return f"{side}p-{low}to{high}s" if high else f"{side}p-{low}s"


def _facts(sample: Sample, file: ClipFile) -> dict[str, object]:
    clip = sample.clip
    picture = {"num_frames": file.frames, "fps": round(file.fps, 4), "width": file.width, "height": file.height}
    source = {"source": clip.video.name, "source_sha256": clip.video.sha256, "start_s": clip.start_s, "end_s": clip.end_s}
    words = {"key": clip.key, "review": sample.review.state, "tags": list(sample.tags)}
    return {**words, **picture, **source, "scores": dict(sample.scores), "facts": dict(sample.facts)}

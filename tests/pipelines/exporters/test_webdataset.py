"""The library `webdataset` reads the shards."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from webdataset import tariterators

from pipelines.exporters.webdataset import WebDataset
from pipelines.kinds import ClipFile
from pipelines.listing import one_line
from pipelines.records import Sample
from tests.support.leaving import real_samples, sample, write
from tests.support.stretches import written_pictures


def load(folder: Path) -> list[dict[str, Any]]:
    """By the library's own readers of a tar; its pipeline would do the same and leave the files open."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.tar")):
        with path.open("rb") as file:
            members = tariterators.tar_file_iterator(file)
            found += tariterators.group_by_keys(dict(one, __url__=path.name) for one in members)
    return found


def test_each_pair_is_there_under_one_key(videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    folder = write(WebDataset(), samples, tmp_path / "set")
    pairs = load(folder)
    assert [pair["txt"].decode() for pair in pairs] == [one_line(one.text) for one in samples]
    (tmp_path / "clip.mp4").write_bytes(pairs[1]["mp4"])
    assert (
        len(written_pictures(tmp_path / "clip.mp4")) == samples[1].clip.frames == json.loads(pairs[1]["json"])["num_frames"]
    )
    assert json.loads(pairs[0]["json"])["scores"] == {"motion": 0.25, "text": None}
    assert sorted(path.name for path in folder.iterdir()) == ["000000.tar", "manifest.files", "manifest.json"]


def test_the_tars_hold_no_time_and_no_owner(videos: Path, tmp_path: Path) -> None:
    folder = write(WebDataset(), real_samples(videos)[:1], tmp_path / "set")
    with tarfile.open(folder / "000000.tar") as tar:
        members = tar.getmembers()
    assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in members} == {(0, 0, 0, "", 0o644)}


def put(samples: list[Sample], folder: Path, *, size: int = 400_000, frames: int = 50, **options: Any) -> list[str]:
    def cut(wanted: Any) -> Any:
        for one, name in wanted:
            (folder / name).write_bytes(b"x" * size)
            yield one, ClipFile(name, frames + 60 * one.take, 25.0, 848 + one.take, 480, size)

    WebDataset(**options).write(samples, folder, cut=cut)
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("options", [{"shard_mb": 1}, {"shard_pairs": 2}])
def test_a_shard_is_closed_before_it_grows_beyond_its_limit(options: dict[str, int], tmp_path: Path) -> None:
    samples = [sample(50 * number, text=f"Bird {number}.") for number in range(5)]
    assert put(samples, tmp_path, **options) == ["000000.tar", "000001.tar", "000002.tar"]
    assert [pair["txt"].decode() for pair in load(tmp_path)] == [one.text for one in samples]


def test_like_clips_lie_together(tmp_path: Path) -> None:
    samples = [replace(sample(50 * number), take=number % 2) for number in range(4)]
    assert put(samples, tmp_path, shards="bucket") == ["480p-2to4s-000000.tar", "480p-4to6s-000000.tar"]
    assert len(load(tmp_path)) == 4

"""The smaller list formats, read as their trainers would."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas
import pytest

from pipelines.exporters.finetrainers import Finetrainers
from pipelines.exporters.ltx import Ltx
from pipelines.exporters.parquet import Parquet
from pipelines.exporters.sharegpt4video import ShareGpt4Video
from pipelines.exporters.sidecar import Sidecar
from pipelines.kinds import Exporter
from pipelines.listing import one_line
from pipelines.records import Sample
from tests.support.leaving import known, real_samples, sample, write

READERS = {"csv": pandas.read_csv, "json": pandas.read_json, "jsonl": lambda path: pandas.read_json(path, lines=True)}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_ltx_finds_caption_and_media_path(kind: str, videos: Path, tmp_path: Path) -> None:
    folder = write(Ltx(table=kind, safe_cells=False), real_samples(videos), tmp_path / "set")
    read = READERS[kind](folder / f"dataset.{kind}")
    assert list(read.columns) == ["caption", "media_path"]
    assert list(read.caption) == [one_line(one.text) for one in real_samples(videos)]
    assert all((folder / path).is_file() for path in read.media_path)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_finetrainers_finds_file_name_and_caption(kind: str, videos: Path, tmp_path: Path) -> None:
    folder = write(Finetrainers(table=kind, safe_cells=False), real_samples(videos), tmp_path / "set")
    read = READERS[kind](folder / f"metadata.{kind}")
    assert list(read.columns) == ["file_name", "caption"]
    assert all((folder / name).is_file() for name in read.file_name)


def test_each_clip_has_its_text_beside_it(videos: Path, tmp_path: Path) -> None:
    folder = write(Sidecar(), real_samples(videos), tmp_path / "set")
    texts = {path.with_suffix(".txt").read_text("utf-8").strip() for path in folder.glob("*.mp4")}
    assert texts == {one_line(one.text) for one in real_samples(videos)}


def test_the_captions_of_parts_have_their_own_numbers(tmp_path: Path) -> None:
    (one,) = samples_of_parts()
    (row,) = map(json.loads, ShareGpt4Video().preview([one]).splitlines())
    assert row["captions"] == [
        {"idx": "-1", "content": "A bird lands."},
        {"idx": "0", "content": "A bird in the air."},
        {"idx": "1", "content": "It sits."},
    ]
    assert (row["keyframe"], row["timestamp"]) == ([0.0, 1.0], [0.0, 2.0])


def samples_of_parts() -> list[Sample]:
    parts = [
        {"start_s": 0.0, "end_s": 1.0, "text": "A bird in the air."},
        {"start_s": 1.0, "end_s": 2.0, "text": "It sits."},
    ]
    one = known(sample(0), text="A bird lands.")
    return [replace(one, captions=(replace(one.captions[0], made={"parts": parts}),))]


def test_parquet_is_one_typed_table(videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    read = pandas.read_parquet(write(Parquet(), samples, tmp_path / "set") / "clips.parquet")
    assert list(read.text) == [one.text.strip() for one in samples]
    assert list(read.start_pts) == [one.clip.start_pts for one in samples]
    assert read.file.isna().all()
    assert json.loads(read.scores[0]) == {"motion": 0.25, "text": None}
    assert list(read.tags[0]) == ["beach"]
    with_files = pandas.read_parquet(write(Parquet(), samples, tmp_path / "files", files="cut") / "clips.parquet")
    assert all((tmp_path / "files" / name).is_file() for name in with_files.file)


def test_every_list_tells_the_same_story_twice(videos: Path, tmp_path: Path) -> None:
    exporters: list[Exporter] = [Ltx(), Parquet(), ShareGpt4Video()]
    for exporter in exporters:
        one = write(exporter, real_samples(videos), tmp_path / f"{exporter.name}-one")
        other = write(exporter, real_samples(videos), tmp_path / f"{exporter.name}-other")
        assert (one / "manifest.files").read_bytes() == (other / "manifest.files").read_bytes()

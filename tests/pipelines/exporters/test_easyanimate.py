"""What the trainers of EasyAnimate read."""

from __future__ import annotations

import json
from pathlib import Path

import pandas

from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.listing import one_line
from tests.support.leaving import real_samples, write


def test_the_list_is_an_array_of_rows_with_paths_below_the_folder(videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    folder = write(EasyAnimate(), samples, tmp_path / "set")
    rows = json.loads((folder / "meta_train_info.json").read_text("utf-8"))
    assert [row["text"] for row in rows] == [one_line(sample.text) for sample in samples]
    assert {row["type"] for row in rows} == {"video"}
    assert all((folder / row["file_path"]).is_file() for row in rows)
    assert EasyAnimate().preview(samples) == (folder / "meta_train_info.json").read_text("utf-8")


def test_the_csv_is_read_by_pandas(videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    read = pandas.read_csv(write(EasyAnimate(table="csv"), samples, tmp_path / "set") / "meta_train_info.csv")
    assert list(read.columns) == ["file_path", "text", "type"]
    assert list(read.text) == [samples[0].text, "'" + one_line(samples[1].text), "'" + samples[2].text]
    plain = write(EasyAnimate(table="csv", safe_cells=False), samples, tmp_path / "plain") / "meta_train_info.csv"
    assert list(pandas.read_csv(plain).text) == [one_line(sample.text) for sample in samples]

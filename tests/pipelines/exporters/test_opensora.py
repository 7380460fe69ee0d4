"""The columns Open-Sora's tools and bucket sampler know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas
import pytest

from pipelines.exporters.opensora import OpenSora
from tests.support.leaving import no_cut, real_samples, sample, write

COLUMNS = ["path", "text", "num_frames", "fps", "height", "width", "aspect_ratio", "resolution", "text_len"]


def test_the_numbers_are_those_of_the_written_files(videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    folder = write(OpenSora(), samples, tmp_path / "set", fps=20, short_side=64)
    read = pandas.read_csv(folder / "meta.csv")
    assert list(read.columns) == COLUMNS
    assert not read.isna().any().any()
    assert list(read.fps) == [20.0] * 3
    assert list(read.num_frames) == [4] * 3
    assert (read[["height", "width"]].min(axis=1) == 64).all()
    assert (read.resolution == read.height * read.width).all()
    assert list(read.aspect_ratio) == pytest.approx(list(read.height / read.width), abs=1e-6)
    assert all((folder / path).is_file() for path in read.path)
    assert read.text_len.between(3, 20).all()


def test_paths_may_be_those_of_the_trainer(tmp_path: Path) -> None:
    OpenSora(root="/data/set").write([replace(sample(0))], tmp_path, cut=no_cut)
    assert pandas.read_csv(tmp_path / "meta.csv").path[0].startswith("/data/set/videos/a-film_")

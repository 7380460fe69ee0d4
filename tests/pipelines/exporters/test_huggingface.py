"""The library `datasets` loads the folder, split and all."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.exporters.huggingface import HuggingFace, size_category
from pipelines.listing import one_line
from tests.support.leaving import real_samples, write


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    logging.getLogger("datasets").setLevel(logging.ERROR)


def load(folder: Path, cache: Path) -> Any:
    import datasets

    datasets.disable_progress_bars()
    found = datasets.load_dataset(str(folder), cache_dir=str(cache))
    return found.cast_column("video", datasets.Video(decode=False))  # where it lies, not its frames


@pytest.mark.filterwarnings("ignore")  # its own
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_it_loads_with_captions_beside_the_clips(kind: str, videos: Path, tmp_path: Path) -> None:
    samples = real_samples(videos)
    folder = write(HuggingFace(table=kind), samples, tmp_path / "set")
    rows = load(folder, tmp_path / "cache")["train"]
    assert sorted(rows["text"]) == sorted(one_line(one.text) for one in samples)
    assert {Path(video["path"]).parent.name for video in rows["video"]} == {"videos"}
    assert all(Path(video["path"]).is_file() for video in rows["video"])
    assert rows[0]["scores"] == '{"motion": 0.25, "text": null}'
    assert rows[0]["tags"] == ["beach"]


@pytest.mark.filterwarnings("ignore")
def test_both_sides_of_a_split_load_as_splits(videos: Path, tmp_path: Path) -> None:
    folder = write(HuggingFace(), real_samples(videos), tmp_path / "set", held_out=1)
    found = load(folder, tmp_path / "cache")
    assert {name: len(rows) for name, rows in found.items()} == {"train": 2, "validation": 1}


def test_the_card_can_be_read_whatever_the_title(tmp_path: Path) -> None:
    HuggingFace(title='Dogs: "the best"\n---').finish(tmp_path, counts={"train": 12_000, "validation": 3})
    _, head, body = (tmp_path / "README.md").read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(head.replace("\\n---", ""))
    assert card["size_categories"] == ["10K<n<100K"]
    assert [one["split"] for one in card["configs"][0]["data_files"]] == ["train", "validation"]
    assert "| train | 12,000 |" in body


@pytest.mark.parametrize(
    ("rows", "words"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (5_000_000, "1M<n<10M"), (10**8, "n>10M")],
)
def test_sizes_are_in_the_words_of_the_hub(rows: int, words: str) -> None:
    assert size_category(rows) == words

"""Half a model is none: what a folder lacks is named."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from pipelines.lacking import PICKLED, lacking, sentence, shards
from tests import tiny
from tests.support.checkpoint import FILES, INDEX, SHARDS, put

SHARDED = {"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors.index.json": INDEX, **SHARDS}
SEEING = json.dumps({"vision_config": {}}).encode()
FIRST, SECOND = SHARDS


@pytest.mark.parametrize("name", tiny.MODELS)
def test_a_real_checkpoint_lacks_nothing(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert lacking(tiny.write(name, tmp_path_factory.getbasetemp() / "tiny")) == []


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_each_file_it_needs_is_named(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path, FILES)
    assert lacking(folder) == []
    (folder / name).unlink()
    assert lacking(folder) == [name]


@pytest.mark.parametrize("name", ["model.safetensors.index.json", FIRST, SECOND])
def test_of_weights_in_several_files_each(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path, SHARDED)
    assert lacking(folder) == []
    (folder / name).unlink()
    assert lacking(folder) == [name]


def test_a_file_that_is_still_being_copied(tmp_path: Path) -> None:
    folder = put(tmp_path, SHARDED)
    for size in (0, 5, len(SHARDS[SECOND]) - 1):
        (folder / SECOND).write_bytes(SHARDS[SECOND][:size])
        assert lacking(folder) == [f"the end of {SECOND}"]


def test_weights_of_an_older_kind_are_enough_where_they_are_whole(tmp_path: Path) -> None:
    older = {name: data for name, data in FILES.items() if name != "model.safetensors"}
    with zipfile.ZipFile(file := io.BytesIO(), "w") as packed:
        packed.writestr("archive/data.pkl", bytes(100))
    folder = put(tmp_path, {**older, PICKLED: file.getvalue()})
    assert lacking(folder) == []
    assert shards(folder) == [PICKLED]
    put(folder, {PICKLED: file.getvalue()[:90]})
    assert lacking(folder) == [f"the end of {PICKLED}"]
    put(folder, FILES)
    assert shards(folder) == ["model.safetensors"], "which is read where both are there"


def test_what_sees_needs_to_know_how_pictures_are_prepared(tmp_path: Path) -> None:
    folder = put(tmp_path, {**FILES, "config.json": SEEING})
    assert lacking(folder) == ["preprocessor_config.json"]
    put(folder, {"processor_config.json": b"{}"})
    assert lacking(folder) == []


def test_code_of_its_own_may_prepare_pictures_itself(tmp_path: Path) -> None:
    config = json.dumps({"vision_config": {}, "auto_map": {}}).encode()
    assert lacking(put(tmp_path, {**FILES, "config.json": config})) == []


def test_a_damaged_config_is_none(tmp_path: Path) -> None:
    assert lacking(put(tmp_path, {**FILES, "config.json": b"{"})) == ["config.json"]


def test_a_long_list_is_cut_short(tmp_path: Path) -> None:
    assert sentence(tmp_path, ["a", "b"]) == f"{tmp_path} lacks a, b"
    assert sentence(tmp_path, list("abcdef")) == f"{tmp_path} lacks a, b, c, d and 2 more"

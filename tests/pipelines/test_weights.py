"""Where weights are looked for, and what is said when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import catalogue, weights
from pipelines.catalogue import Model
from pipelines.errors import Fatal
from tests.support.checkpoint import put

MODEL = Model(name="small", repo="org/small", revision="")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv(weights.ALLOWED, raising=False)


def cached(hub: Path, commit: str = COMMIT) -> Path:
    """As the hub's own client leaves a snapshot."""
    base = hub / "models--org--small"
    (base / "refs").mkdir(parents=True, exist_ok=True)
    (base / "refs" / "main").write_text(commit)
    return put(base / "snapshots" / commit)


def test_a_path_is_its_own_place(tmp_path: Path) -> None:
    folder = put(tmp_path / "mine")
    assert weights.find(catalogue.find(str(folder))) == folder


def test_the_models_folder_comes_before_the_cache(tmp_path: Path) -> None:
    in_cache = cached(tmp_path / "hub")
    assert weights.place(MODEL) == in_cache
    in_folder = put(tmp_path / "models" / "org" / "small")
    assert weights.place(MODEL) == in_folder


def test_a_pinned_commit_is_the_only_one_that_counts(tmp_path: Path) -> None:
    cached(tmp_path / "hub")
    assert weights.find(MODEL.model_copy(update={"revision": "f" * 40})) is None
    assert weights.find(MODEL.model_copy(update={"revision": COMMIT})) is not None


def test_what_is_missing_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"the weights of small are not here; put all files .* of org/small .* into ") as got:
        weights.place(MODEL)
    assert str(got.value).endswith(str(tmp_path / "models" / "org" / "small"))
    assert "org/small at 0123456789ab from" in weights.advice(MODEL.model_copy(update={"revision": COMMIT}))


def test_half_a_folder_is_none_and_what_lacks_is_named(tmp_path: Path) -> None:
    part = put(tmp_path / "models" / "org" / "small", {"config.json": b"{}"})
    assert weights.find(MODEL) is None
    with pytest.raises(Fatal) as got:
        weights.place(MODEL)
    assert str(got.value) == (
        f"the weights of small are not here; {part} lacks tokenizer.json, model.safetensors; "
        "copy that there from org/small on the Hugging Face hub"
    )


def test_a_whole_copy_elsewhere_counts_before_a_part(tmp_path: Path) -> None:
    put(tmp_path / "models" / "org" / "small", {"config.json": b"{}"})
    assert weights.find(MODEL) is None
    in_cache = cached(tmp_path / "hub")
    assert weights.find(MODEL) == in_cache


def test_a_name_that_can_be_on_no_hub_is_missing_like_any_other(tmp_path: Path) -> None:
    assert weights.find(catalogue.find(str(tmp_path / "no such" / "folder" / "here"))) is None


def test_code_runs_only_from_the_commit_that_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, by_hand = cached(tmp_path / "hub"), put(tmp_path / "models" / "org" / "small")
    assert not weights.code_allowed(MODEL, snapshot)
    monkeypatch.setenv(weights.ALLOWED, f"other/one@{COMMIT} org/small@{COMMIT}")
    assert weights.code_allowed(MODEL, snapshot)
    assert not weights.code_allowed(MODEL, by_hand)
    assert not weights.code_allowed(MODEL, cached(tmp_path / "hub", "f" * 40))
    monkeypatch.setenv(weights.ALLOWED, "org/small org/small@main")
    assert not weights.code_allowed(MODEL, snapshot)


def test_without_its_packages_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    weights.must_be_installed()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Fatal, match=r"needs torch and torchvision and transformers and safetensors, .* run `make models`"):
        weights.must_be_installed()

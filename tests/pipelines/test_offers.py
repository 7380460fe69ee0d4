"""What the catalogue offers here."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import offers
from pipelines.catalogue import catalogue, find
from tests.support.checkpoint import put


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("CLAPPER_SGLANG", str(tmp_path / "none"))
    for name in ("CLAPPER_SERVER", "CLAPPER_SERVERS"):
        monkeypatch.delenv(name, raising=False)


def test_without_weights_and_servers_each_way_says_what_is_missing(tmp_path: Path) -> None:
    found = offers.offer(find("qwen3-vl-8b"))
    assert (found.here, found.answers, found.standing) == (None, None, "not here")
    assert found.ways and all(way.missing for way in found.ways)
    assert str(tmp_path / "models") in found.advice
    assert found.frame_tokens == 110


def test_a_server_answers_and_its_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SERVER", "http://me:secret@127.0.0.1:30000/v1")
    assert offers.offer(find("gpt-4o")).standing == "http answers"
    assert offers.places() == {"": "http://127.0.0.1:30000/v1"}


def test_a_model_that_embeds_is_asked_by_nobody_but_may_be_here(tmp_path: Path) -> None:
    folder = put(tmp_path / "models" / find("siglip2-base").repo)
    found = offers.offer(find("siglip2-base"))
    assert (found.here, found.advice, found.ways, found.frame_tokens, found.standing) == (str(folder), "", (), 0, "here")


def test_all_of_the_catalogue_is_there_in_its_order() -> None:
    assert [one.model.name for one in offers.offers()] == list(catalogue())

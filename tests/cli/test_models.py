"""`app.py models`, in this process: the listing opens no network and no library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from pipelines.catalogue import catalogue
from pipelines.errors import Usage
from tests.support import hub as hubs


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path / "models"))


def test_one_line_a_model() -> None:
    lines = CliRunner().invoke(app.build(), ["models"]).output.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue())


def test_as_json_with_why_each_backend_does_not_answer() -> None:
    output = CliRunner().invoke(app.build(), ["models", "--json"]).output
    first = json.loads(output.splitlines()[0])
    assert first["licence"] == "Apache-2.0"
    assert {way["backend"] for way in first["ways"]} >= {"http", "sglang", "transformers"}


def test_fetching_what_is_not_published_is_wrong_use() -> None:
    with pytest.raises(Usage, match="gpt-4o"):
        CliRunner().invoke(app.build(), ["models", "fetch", "gpt-4o"], catch_exceptions=False)


def test_fetching_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hubs.serving() as hub:
        hubs.surround(monkeypatch, hub, tmp_path / "models")
        output = CliRunner().invoke(app.build(), ["models", "fetch", "org/small"], catch_exceptions=False).output
    assert output.splitlines()[-1] == f"org/small is in {tmp_path / 'models' / 'org' / 'small'}"

"""Insights over the line: every part answers, with clips and without."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from db.session import Store
from tests.support.library import Made, add_clip, add_run
from tests.support.lots import judge


@pytest.fixture
def library(client: TestClient, store: Store) -> TestClient:
    with store.write() as session:
        run = add_run(session)
        for number in range(4):
            add_clip(session, Made(f"Ball {number} rolls.", scores={"motion": number / 10}), run=run)
    judge(store, [1, 2, 3], bad=lambda clip_id: clip_id == 3)
    return client


def test_reception(library: TestClient) -> None:
    found = library.get("/api/insights/reception").json()
    (model,) = found["by"]["model"]
    assert (model["name"], model["accepted"], model["rejected"]) == ("measured", 2, 1)
    assert found["reasons"] == [["invents something", 1]]


def test_a_score_with_its_rule_and_runs(library: TestClient) -> None:
    assert library.get("/api/insights/scores").json() == ["motion"]
    found = library.get("/api/insights/score/motion").json()
    assert sum(found["histogram"]["counts"]) == 4
    assert found["rule"]["rule"] == {"score": "motion", "low": 0.02, "high": None}
    assert found["runs"][0]["clips"] == 4


def test_captions_and_days(library: TestClient) -> None:
    found = library.get("/api/insights/captions").json()
    assert (found["words"]["captions"], found["lengths"]["mean"]) == (4, 3.0)
    (day,) = library.get("/api/insights/days").json()
    assert (day["accept"], day["reject"]) == (2, 1)


@pytest.mark.parametrize("part", ["days", "reception", "captions", "scores", "score/nothing"])
def test_an_empty_library_answers_too(client: TestClient, part: str) -> None:
    assert client.get(f"/api/insights/{part}").status_code == 200

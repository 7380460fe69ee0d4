"""From a file to the Library: what the scan and a scorer measured has a histogram, takes rules and can be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from db import runs
from db.session import Store
from pipelines.recipe import from_config
from pipelines.scan.signals import SIGNALS
from settings import Settings
from tests.support.footage import make_video
from worker import Worker

RECIPE = {
    "name": "published",
    "scan": {"min_s": 2, "max_s": 4},
    "scorers": ["motion_farneback"],
    "rules": {"motion_farneback": {"low": 2, "high": 20}, "bars": {"high": 0.5}, "camera_confidence": {"low": 0.1}},
}


@pytest.fixture
def library(client: TestClient, settings: Settings, store: Store, tmp_path: Path) -> TestClient:
    """One clip that drifts to the right, measured by the whole pipeline."""
    path = make_video(tmp_path / "films" / "drift.mp4")
    with store.write() as session:
        runs.create(session, from_config(RECIPE), inputs=[str(path)], by="tester")
    Worker(settings).run(until_idle=True)
    return client


def clips(library: TestClient, *where: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = library.get("/api/library/clips", params={"where": list(where)}).json()["clips"]
    return found


def test_every_signal_is_shown_and_can_be_asked_for(library: TestClient) -> None:
    measured = {one["histogram"]["name"]: one for one in library.get("/api/library/rules").json()}
    assert set(measured) == {*SIGNALS, "motion_farneback"}
    for name, one in measured.items():
        low = one["histogram"]["low"]
        assert sum(one["histogram"]["counts"]) == 1 and one["histogram"]["missing"] == 0, name
        assert len(clips(library, f"{name}>={low}")) == 1 and clips(library, f"{name}>{low}") == []
    assert {name for name, one in measured.items() if one["rule"]} == set(RECIPE["rules"])  # type: ignore[arg-type]


def test_what_the_camera_does_can_be_asked_for(library: TestClient) -> None:
    (clip,) = clips(library, "camera=pan right")
    assert str(clip["facts"]["camera_track"]).startswith("0.0–3.5 pan right (")  # type: ignore[index]
    assert clips(library, "camera=static") == []


def test_a_new_rule_on_a_signal_drops_the_clip_with_its_reason(library: TestClient) -> None:
    (clip,) = clips(library)
    assert clip["verdict"] == "kept"
    change = {"key": "camera-1", "changes": [{"score": "camera_speed", "low": None, "high": 0.01}]}
    assert library.post("/api/library/apply", json=change).status_code == 200
    (clip,) = clips(library, "verdict=dropped")
    assert clip["reasons"] == ["camera_speed above 0.01"]

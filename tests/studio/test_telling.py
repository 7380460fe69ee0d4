"""What leaves the studio is said in the reader's language: errors, reasons of clips and failures, standings of models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from db import decisions, failures
from db.contestants import Contestant
from db.decisions import Decision
from db.models import Caption, Job
from db.session import Store, open_store
from db.story import Step
from settings import Settings
from studio import telling
from studio.languages import COOKIE
from studio.words import words
from tests.studio.conftest import HOME, opened
from tests.support.comparing import MODELS, compared_clip, say
from tests.support.library import Made, add_clip, add_run
from tests.support.studio import built

ZH = words("zh").below


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("data") / "clapper.db")
    with store.write() as session:
        run = add_run(session)
        clip = add_clip(session, Made(verdict="dropped", reasons=("motion below 0.02",), scores={"motion": 0.01}), run=run)
        session.get_one(Caption, clip.caption_id).flags = ["lead-in"]
        failed = {"state": "failed", "error_kind": "empty_file", "error": "the file is empty; copy it again"}
        session.add(Job(run_id=run.id, stage="probe", item="a", label="a.mp4", created_at=1.0, **failed))
    return store


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[TestClient]:
    with opened(built(Settings(data=tmp_path_factory.mktemp("whole")), store)) as client:
        yield client


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, client: TestClient) -> str:
    client.cookies.set(COOKIE, request.param)
    return str(request.param)


def test_an_error_is_said_in_the_readers_language(client: TestClient, language: str) -> None:
    said = {"en": "there is no clip 99", "zh": "没有片段 99"}[language]
    reply = client.get("/api/library/clip/99")
    assert (reply.status_code, reply.json()) == (404, {"detail": said})
    reply = client.get("/api/runs/items/99")
    assert (reply.status_code, reply.json()["detail"]) == (400, {"en": "there is no item 99", "zh": "没有条目 99"}[language])


def test_reasons_of_a_clip(client: TestClient, language: str) -> None:
    clip: dict[str, Any] = client.get("/api/library/clips").json()["clips"][0]
    known = (clip["reasons"], clip["captions"][0]["flags"])
    assert known == {"en": (["motion below 0.02"], ["lead-in"]), "zh": (["motion 低于 0.02"], ["开场白"])}[language]
    assert client.get(f"/api/library/clip/{clip['id']}").json()["clip"]["reasons"] == known[0]
    assert client.get(f"/api/review/clip/{clip['id']}").json()["reasons"] == known[0]


def test_why_somebody_rejected_a_clip(client: TestClient, store: Store, language: str) -> None:
    said = {"en": "cut inside", "zh": "片段内有剪切"}[language]
    with store.write() as session:
        clip = add_clip(session)
        decisions.decide(session, Decision(f"key-of-bob-{language}", clip.id, 0, "reject", reason="clip: cut inside"), "bob")
    whole = client.get(f"/api/library/clip/{clip.id}").json()
    assert (whole["clip"]["reject_reason"], whole["history"][0]["detail"]["after"]["reason"]) == (said, said)
    wish = {"key": f"key-of-lin-{language}", "clip_id": clip.id, "version": 0, "action": "accept"}
    late = client.post("/api/review/decide", json=wish, headers={"origin": HOME})
    assert (late.status_code, late.json()["theirs"]["standing"]["reason"]) == (409, said)
    assert client.get("/api/insights/reception").json()["reasons"][0][0] == said


def test_reasons_to_choose_from(client: TestClient, language: str) -> None:
    said = {"en": "motion below 0.02", "zh": "motion 低于 0.02"}[language]
    assert client.get("/api/library/facets").json()["reasons"] == [["motion below 0.02", 1, said]]
    rules = {"changes": [{"score": "motion", "low": 0.2, "high": None}]}
    seen = client.post("/api/library/preview", json=rules, headers={"origin": HOME}).json()
    assert seen["reasons"] == [[said.replace("0.02", "0.2"), 1]]


def test_why_an_item_failed(client: TestClient, store: Store, language: str) -> None:
    with store.read() as session:
        item = failures.listed(session, 1)[0].job_id
    said = {"en": "the file is empty; copy it again", "zh": "文件为空；请重新复制"}[language]
    routes = ("1/reasons", f"items/{item}", "1/failures")
    first, whole, listed = (client.get(f"/api/runs/{route}").json() for route in routes)
    assert [first[0]["reason"], whole["reason"], listed[0]["reason"]] == [said] * 3
    assert client.get(f"/api/runs/items/{item}/story").json()[0]["reason"] == said


def test_what_a_run_would_find(client: TestClient, tmp_path: Path, language: str) -> None:
    (tmp_path / "empty.mp4").touch()
    plan = client.post("/api/runs/plan", json={"inputs": [str(tmp_path)]}, headers={"origin": HOME})
    said = {"en": "the file is empty; copy it again", "zh": "文件为空；请重新复制"}[language]
    assert said in plan.json()["problems"][0]


def test_where_a_model_stands(client: TestClient, language: str) -> None:
    standings = {one["standing"] for one in client.get("/api/models").json()["models"]}
    assert {"en": "hosted, no server", "zh": "托管模型，未配置服务"}[language] in standings


def test_a_verdict_has_several_reasons() -> None:
    step = Step(1.0, "verdict", "dropped", reason="motion below 0.02, text above 0.1")
    assert telling.step(step, ZH).reason == "motion 低于 0.02, text 高于 0.1"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("ana", "ana"),
        ("ana, edited", "ana（经编辑）"),
        ("a person, edited", "某人（经编辑）"),
        ("imported", "导入"),
        ("qwen3-vl-8b · prompt 1a2b3c · frames=8", "qwen3-vl-8b · 提示词 1a2b3c · frames=8"),
    ],
)
def test_whose_captions_they_are(label: str, said: str) -> None:
    assert telling.contestant(Contestant("0123456789", label, "person"), ZH).label == said


def test_contestants_of_compare(client: TestClient, store: Store, language: str) -> None:
    said = {"en": "ann, edited", "zh": "ann（经编辑）"}[language]
    with store.write() as session:
        clip = compared_clip(session, {MODELS[0]: f"One for {language}."})
        say(session, clip, f"Another for {language}.", parent_id=clip.caption_id)
    rows = client.get("/api/compare/contestants").json()
    assert said in {one["contestant"]["label"] for one in rows}
    (ballot,) = client.post("/api/compare/claim", json={"limit": 1, "blind": False}).json()["ballots"]
    assert sorted(one["label"] for column in ballot["columns"] for one in column["by"]) == sorted([said, MODELS[0]])
    wish = {
        "key": f"vote-in-{language}",
        "ballot_id": ballot["id"],
        "clip_id": ballot["clip"]["id"],
        "version": 0,
        "choice": 1,
    }
    voted = client.post("/api/compare/vote", json=wish).json()
    assert said in {one["label"] for column in voted["by"] for one in column}
    (board,) = client.get("/api/compare/standings?blind=false").json()
    assert said in {one["contestant"]["label"] for one in board["standings"]}

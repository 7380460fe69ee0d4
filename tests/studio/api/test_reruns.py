"""Captioning again over the line: what it will take, what will be asked, and the run it becomes."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from db.models import Clip, Job, Run
from db.session import Store
from pipelines import methods
from tests.support.library import Made, add_clip, add_run


@pytest.fixture
def clip_ids(store: Store) -> list[int]:
    with store.write() as session:
        run = add_run(session)
        made = [Made(facts={"camera": "pan left"}), Made(scores={"motion": 0.5}), Made(review="accepted")]
        return [add_clip(session, one, run=run).id for one in made]


def test_every_method_says_what_it_is_and_what_can_be_set(client: TestClient) -> None:
    known = client.get("/api/reruns/methods").json()
    assert [one["name"] for one in known] == methods.names()
    assert all(one["about"].endswith(".") for one in known)
    assert {one["name"]: one["asks"] for one in known}["tidy"] is False


def test_tokens_and_the_question_are_told_before(client: TestClient, clip_ids: list[int]) -> None:
    sets = ["video.prompt=The camera does this: {camera}. Go on.", "video.frames=4", "video.model=gpt-4o"]
    told = client.post("/api/reruns/estimate", json={"method": "video", "sets": sets}).json()
    assert (told["estimate"]["clips"], told["estimate"]["knows"]) == (3, True)
    assert told["estimate"]["tokens_in"] >= 3 * 4 * 765
    assert told["estimate"]["cost"] == pytest.approx(
        (told["estimate"]["tokens_in"] * 2.5 + told["estimate"]["tokens_out"] * 10) / 1e6
    )
    question = told["question"]
    assert question["text"] == "The camera does this: pan left. Go on."
    assert len(question["times_s"]) == 4 and question["times_s"] == sorted(question["times_s"])


def test_a_method_without_a_model_costs_nothing(client: TestClient, clip_ids: list[int]) -> None:
    told = client.post("/api/reruns/estimate", json={"method": "measured"}).json()
    assert (told["estimate"]["tokens_in"], told["question"]) == (0, None)


@pytest.mark.parametrize(
    ("wish", "count"),
    [({}, 3), ({"where": ["motion>0.3"]}, 1), ({"where": ["review=accepted"]}, 1), ({"some": 2}, 2)],
    ids=str,
)
def test_it_becomes_a_run_on_those_clips(
    client: TestClient, store: Store, clip_ids: list[int], wish: dict[str, object], count: int
) -> None:
    reply = client.post("/api/reruns", json={"method": "measured", "sets": ["measured.words=false"], **wish})
    assert (reply.status_code, reply.json()["clips"]) == (201, count)
    with store.read() as session:
        run = session.get_one(Run, reply.json()["id"])
        jobs = session.scalars(select(Job).where(Job.run_id == run.id)).all()
    assert (run.kind, run.adopts, {job.stage for job in jobs}, len(jobs)) == ("clips", 0, {"measured"}, count)


def test_a_clip_rejected_for_itself_is_not_captioned_again(client: TestClient, store: Store, clip_ids: list[int]) -> None:
    with store.write() as session:
        for clip_id, reason in zip(clip_ids, ("clip: cut inside", "caption: invents something"), strict=False):
            clip = session.get_one(Clip, clip_id)
            clip.review, clip.reject_reason = "rejected", reason
    reply = client.post("/api/reruns", json={"method": "measured"})
    assert (reply.status_code, reply.json()["clips"]) == (201, 2)
    refused = client.post("/api/reruns", json={"method": "measured", "clips": clip_ids[:1]})
    assert refused.status_code == 400 and "rejected for the clip itself" in refused.json()["detail"]


def test_chosen_clips_alone(client: TestClient, store: Store, clip_ids: list[int]) -> None:
    reply = client.post("/api/reruns", json={"method": "tidy", "clips": clip_ids[:1], "adopts": True})
    with store.read() as session:
        jobs = session.scalars(select(Job).where(Job.run_id == reply.json()["id"])).all()
    assert [job.item for job in jobs] == [str(clip_ids[0])]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"method": "dream"}, "no method 'dream'"),
        ({"sets": ["video.frames=many"]}, "video.frames"),
        ({"sets": ["video.prompt=The {camra} moves."]}, "{camra}"),
        ({"where": ["motion>9"]}, "no clip is chosen"),
    ],
)
def test_what_does_not_fit_is_told(client: TestClient, clip_ids: list[int], wish: dict[str, object], words: str) -> None:
    reply = client.post("/api/reruns", json=wish)
    assert reply.status_code == 400 and words in reply.json()["detail"]

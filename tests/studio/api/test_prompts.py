"""Prompts over the line: those that ship are there, an edit is a new version, nothing is ever changed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from statsmodels.stats.proportion import proportion_confint

from db.models import Caption, Clip
from db.session import Store
from pipelines import prompts
from tests.support.library import Made, add_clip


def versions(client: TestClient, name: str) -> list[dict[str, object]]:
    return [one for one in client.get("/api/prompts").json()["prompts"] if one["name"] == name]


def test_those_that_ship_are_there_once(client: TestClient) -> None:
    for _ in range(2):
        found = client.get("/api/prompts").json()
        assert {one["name"] for one in found["prompts"]} == set(prompts.names())
        assert all(one["version"] == 1 and one["note"] for one in found["prompts"])
    assert found["variables"]["camera"]


def test_an_edit_is_a_new_version_and_the_same_words_are_none(client: TestClient) -> None:
    wish = {"name": "video-detail", "text": "Say what happens.", "note": "shorter", "tags": ["short"]}
    first, again = (client.post("/api/prompts", json=wish) for _ in range(2))
    assert (first.status_code, first.json()["version"], again.json()["id"]) == (201, 1 + 0, first.json()["id"])
    client.get("/api/prompts")
    after = versions(client, "video-detail")
    assert {one["text"] for one in after} >= {"Say what happens."}


def test_how_its_captions_fared(client: TestClient, store: Store) -> None:
    digest = client.post("/api/prompts", json={"name": "mine", "text": "Look."}).json()["digest"]
    with store.write() as session:
        ids = [add_clip(session, Made(review=review)).id for review in ("accepted", "accepted", "rejected", "waiting")]
        session.execute(update(Caption).where(Caption.clip_id.in_(ids)).values(prompt_digest=digest))
        assert session.query(Clip).count() == 4
    (mine,) = versions(client, "mine")
    assert (mine["captions"], mine["accepted"], mine["rejected"]) == (4, 2, 1)
    assert mine["interval"] == pytest.approx(proportion_confint(2, 3, method="wilson"))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "Two Words", "text": "Look."}, "is no name for a prompt"),
        ({"name": "mine", "text": "   "}, "is no prompt"),
        ({"name": "mine", "text": "The {camra} moves."}, "does not exist"),
    ],
)
def test_what_is_no_prompt_is_told(client: TestClient, wish: dict[str, str], words: str) -> None:
    reply = client.post("/api/prompts", json=wish)
    assert reply.status_code == 400 and words in reply.json()["detail"]

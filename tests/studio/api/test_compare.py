"""Compare over the line: who gets what, what may be known when, and that ten at once lose nothing."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from db import users
from db.models import Ballot, Caption, Duel, Event, User
from db.session import Store
from settings import Settings
from studio.server import gated
from tests.studio.conftest import opened
from tests.support.comparing import MODELS, clips_of, compared_clip
from tests.support.library import Made, add_clip


def claim(client: TestClient, **asked: Any) -> dict[str, Any]:
    reply = client.post("/api/compare/claim", json=asked)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def given(ballot: dict[str, Any], choice: int | None, **more: Any) -> dict[str, Any]:
    wish = {"key": f"key-of-{ballot['id']}-{choice}", "ballot_id": ballot["id"], "clip_id": ballot["clip"]["id"]}
    return wish | {"version": ballot["version"], "choice": choice, "reasons": []} | more


def test_a_claim_brings_ballots_that_can_be_watched_and_read(client: TestClient, store: Store) -> None:
    clips_of(store, 3, MODELS)
    lent = claim(client, limit=2, width=3)
    assert len(lent["ballots"]) == 2 and lent["possible"]
    ballot = lent["ballots"][0]
    assert set(ballot) == {"id", "clip", "columns", "blind", "version"}
    assert {len(column["text"]) > 0 for column in ballot["columns"]} == {True} and len(ballot["columns"]) == 3
    assert ballot["clip"]["frames"] == 24 and ballot["clip"]["times_s"]
    assert len(claim(client, limit=5, held=[one["id"] for one in lent["ballots"]])["ballots"]) == 1


def test_no_name_is_in_any_answer_before_the_vote(client: TestClient, store: Store) -> None:
    with store.write() as session:
        for number in range(4):
            compared_clip(session, {model: f"Clip {number}, {take}." for model, take in zip(MODELS, "abc", strict=True)})
    answers = [client.post("/api/compare/claim", json={"limit": 4, "width": 3})]
    first, second = answers[0].json()["ballots"][:2]
    answers.append(client.post("/api/compare/claim", json={"limit": 0, "held": [first["id"]]}))
    answers.append(client.post("/api/compare/vote", json=given(first, 7)))  # refused: there is no such column
    answers.append(client.post("/api/compare/vote", json=given(first, 1, reasons=["no reason"])))
    assert [one.status_code for one in answers] == [200, 200, 422, 400]
    told = " ".join(one.text + json.dumps(dict(one.headers)) for one in answers)
    assert not [name for name in (*MODELS, "vlm", "caption_id", "author") if name in told]
    voted = client.post("/api/compare/vote", json=given(second, 2))
    assert sorted(one["label"] for column in voted.json()["by"] for one in column) == sorted(MODELS)


def test_a_vote_is_kept_once(client: TestClient, store: Store) -> None:
    clips_of(store, 1)
    (ballot,) = claim(client)["ballots"]
    wish = given(ballot, 1, reasons=["camera"])
    assert client.post("/api/compare/vote", json=wish).json() == client.post("/api/compare/vote", json=wish).json()
    assert claim(client)["progress"] == {"mine": 1, "all": 1, "per_hour": 60}
    assert claim(client)["ballots"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"choice": 9}, 422),
        ({"choice": 3}, 400),
        ({"version": 5}, 400),
        ({"ballot_id": 99}, 400),
        ({"key": "no"}, 422),
        ({"x": 1}, 422),
    ],
)
def test_a_vote_that_makes_no_sense_is_refused(
    client: TestClient, store: Store, change: dict[str, Any], status: int
) -> None:
    clips_of(store, 1)
    (ballot,) = claim(client)["ballots"]
    reply = client.post("/api/compare/vote", json=given(ballot, 1) | change)
    assert reply.status_code == status
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Duel)) == 0


def test_nothing_to_compare_is_told_from_nothing_left(client: TestClient, store: Store) -> None:
    with store.write() as session:
        add_clip(session, Made("Alone."))
    assert claim(client)["possible"] is False
    clips_of(store, 1)
    (ballot,) = claim(client)["ballots"]
    client.post("/api/compare/vote", json=given(ballot, 0))
    assert claim(client)["possible"] is True
    assert claim(client, where=["video~nowhere"])["possible"] is False
    assert client.post("/api/compare/claim", json={"where": ["motiom>1"]}).status_code == 400


def test_contestants_and_standings(client: TestClient, store: Store) -> None:
    clips_of(store, 3)
    known = client.get("/api/compare/contestants", params={"by": "model"}).json()
    assert [(one["contestant"]["label"], one["clips"]) for one in known] == [(MODELS[1], 3), (MODELS[0], 3)]
    among = [one["contestant"]["id"] for one in known]
    for ballot in claim(client, by="model", among=among)["ballots"]:
        client.post("/api/compare/vote", json=given(ballot, -1))
    (board,) = client.get("/api/compare/standings", params={"by": "model", "share": 0.6}).json()
    assert (board["votes"], board["needed"]) == (3, 197)
    assert {(one["shown"], one["bad"], one["share"]) for one in board["standings"]} == {(3, 3, 0.5)}
    split = client.get("/api/compare/standings", params={"by": "model", "split": "person"}).json()
    assert [one["name"] for one in split] == [claim(client)["user"]]
    assert client.get("/api/compare/standings", params={"where": "review=accepted"}).json() == []
    assert client.get("/api/compare/standings", params={"split": "colour"}).status_code == 422


def test_a_winner_is_put_in_force_after_a_look_and_taken_back(client: TestClient, store: Store) -> None:
    clips_of(store, 3)
    known = client.get("/api/compare/contestants", params={"by": "model"}).json()
    winner = next(one["contestant"]["id"] for one in known if one["contestant"]["label"] == MODELS[1])
    asked = {"key": "promote-it", "contestant": winner, "by": "model", "where": ["review=waiting"]}
    assert client.post("/api/compare/outlook", json=asked).json() == {"clips": 3}
    assert client.post("/api/compare/promote", json=asked).json() == {"key": "promote-it", "changed": 3, "left": 0}
    assert client.get("/api/review/clip/1").json()["caption_id"] == 2
    back = client.post("/api/compare/take-back", json={"key": "and-back-again", "of": "promote-it"})
    assert back.json()["changed"] == 3
    assert client.get("/api/review/clip/1").json()["caption_id"] == 1


def test_a_viewer_may_look_and_not_vote(locked: TestClient, store: Store) -> None:
    clips_of(store, 1)
    locked.post("/login", data={"name": "vi", "password": "open sesame"})
    assert locked.get("/api/compare/standings").status_code == 200
    assert locked.post("/api/compare/claim", json={}).status_code == 403


def test_ten_voters_at_once_lose_nothing(settings: Settings, store: Store) -> None:
    number = 50
    clips_of(store, number)
    people = [f"voter{n}" for n in range(10)]
    with store.write() as session:
        for name in people:
            user = User(name=name, password_hash="-", role="reviewer", created_at=0.0)  # hashing ten takes seconds
            session.add(user)
            session.flush()
            users.open_login(session, user, f"token of {name}")
    failed: list[str] = []
    kept: list[int] = []
    app = gated(replace(settings, auth=True), store)[0]

    def work(client: TestClient) -> None:
        while ballots := client.post("/api/compare/claim", json={"limit": 3}).json()["ballots"]:
            for ballot in ballots:
                reply = client.post("/api/compare/vote", json=given(ballot, 1))
                if reply.status_code != 200:
                    return failed.append(reply.text)
                kept.append(ballot["clip"]["id"])
        return None

    with opened(app) as door:
        tokens = [f"token of {name}" for name in people]
        clients = [TestClient(app, base_url=str(door.base_url), cookies={"clapper": token}) for token in tokens]
        threads = [threading.Thread(target=work, args=(client,), daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert failed == []
    assert sorted(kept) == list(range(1, number + 1))  # every clip once: nobody met another on it
    with store.read() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Ballot, Duel, Event, Caption)]
    assert counts == [number, number, number, 2 * number]

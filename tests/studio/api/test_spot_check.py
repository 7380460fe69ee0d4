"""Spot checks and second looks over the line."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from db import users
from db.session import Store
from tests.support.lots import add_lot, judge, sampled

PLAN = {"limit": 0.2, "name": "The first forty"}


@pytest.fixture
def desk(client: TestClient, store: Store) -> TestClient:
    add_lot(store, 40)
    return client


def draw(client: TestClient, key: str = "key-of-draw", **plan: Any) -> dict[str, Any]:
    reply = client.post("/api/spot-check", json={"key": key, "plan": PLAN | plan})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


def act(client: TestClient, lot: int, step: str, key: str = "") -> Any:
    return client.post(f"/api/spot-check/{lot}/{step}", json={"key": key or f"key-of-{step}"})


def test_what_a_new_check_may_choose_from(desk: TestClient) -> None:
    found = desk.get("/api/spot-check").json()
    assert (found["checks"], found["scores"]) == ([], ["motion", "text", "check"])
    assert found["divisions"] == ["run", "motion", "length", "model"]


def test_an_outlook_writes_nothing(desk: TestClient) -> None:
    found = desk.post("/api/spot-check/outlook", json=PLAN).json()
    assert (found["lot"], found["size"], found["curve"][0][:2]) == (40, 12, [0.0, 1.0])
    assert desk.get("/api/spot-check").json()["checks"] == []


def test_from_the_draw_to_the_lot_and_back(desk: TestClient, store: Store) -> None:
    lot = draw(desk)["id"]
    assert draw(desk)["id"] == lot
    judge(store, sampled(store, lot))
    assert act(desk, lot, "accept").json()["accepted"] == 28
    (check,) = desk.get("/api/spot-check").json()["checks"]
    assert (check["state"], check["card"]["seen"], check["accepted"]) == ("accepted", 12, 28)
    shelf = desk.get("/api/library/clips", params={"where": "review=accepted_lot"}).json()
    assert shelf["count"] == 28
    assert act(desk, lot, "take-back").json()["state"] == "taken_back"
    assert desk.get("/api/library/facets").json()["review"] == {"waiting": 28, "accepted": 12}


def test_review_hands_out_the_sample_alone(desk: TestClient, store: Store) -> None:
    lot = draw(desk)["id"]
    lent = desk.post("/api/review/claim", json={"limit": 50, "where": [f"sample={lot}"]}).json()
    assert {clip["id"] for clip in lent["clips"]} == set(sampled(store, lot))
    assert lent["progress"]["waiting"] == 12


def test_a_sequential_check_comes_with_its_lines(desk: TestClient) -> None:
    check = draw(desk, sequential=True, good=0.01)
    assert len(check["lines"]["passing"]) == len(check["lines"]["failing"]) == check["card"]["size"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"key": "key-of-draw", "plan": {"limit": 0}}, 422),
        ("", {"key": "key-of-draw", "plan": {"where": ["motiom>1"]}}, 400),
        ("", {"key": "key-of-draw", "plan": {"where": ["motion>9"]}}, 400),
        ("/outlook", {"design": "risk"}, 400),
        ("/7/accept", {"key": "key-of-accept"}, 400),
        ("/7/burn", {"key": "key-of-accept"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(desk: TestClient, path: str, body: dict[str, Any], status: int) -> None:
    assert desk.post(f"/api/spot-check{path}", json=body).status_code == status


def test_a_lot_that_has_not_passed_cannot_be_accepted(desk: TestClient) -> None:
    reply = act(desk, draw(desk)["id"], "accept")
    assert (reply.status_code, "has not passed" in reply.json()["detail"]) == (400, True)


def test_lots_and_shares_are_for_leads(locked: TestClient, store: Store) -> None:
    add_lot(store, 40)
    locked.post("/login", data={"name": "lin", "password": "open sesame"})
    lot = draw(locked)["id"]  # any reviewer may draw and look
    refused = act(locked, lot, "reject")
    assert (refused.status_code, "by a lead" in refused.json()["detail"]) == (403, True)
    share = {"key": "key-of-share", "share": 0.1}
    assert locked.post("/api/opinions/share", json=share).status_code == 403
    with store.write() as session:
        users.add(session, "lea", "open sesame", "lead")
    locked.post("/login", data={"name": "lea", "password": "open sesame"})
    assert act(locked, lot, "reject").json()["state"] == "rejected"
    assert locked.post("/api/opinions/share", json=share).json() == {"share": 0.1}


def test_a_second_look_goes_through_the_same_door_and_a_lead_settles_it(locked: TestClient, store: Store) -> None:
    add_lot(store, 2)
    with store.write() as session:
        for name, role in (("lea", "lead"), ("ben", "reviewer")):
            users.add(session, name, "open sesame", role)

    def enter(name: str) -> None:
        locked.post("/login", data={"name": name, "password": "open sesame"})

    def press(action: str, **more: str) -> dict[str, Any]:
        clips = locked.post("/api/review/claim", json={"limit": 50}).json()["clips"]
        clip: dict[str, Any] = next(one for one in clips if one["id"] == 1)
        wish = {"clip_id": 1, "version": clip["version"], "action": action, "caption_id": clip["caption_id"], **more}
        assert locked.post("/api/review/decide", json=wish).status_code == 200
        return clip

    enter("lea")
    locked.post("/api/opinions/share", json={"key": "key-of-share", "share": 1.0})
    enter("lin")
    first = press("accept", key="key-of-lin")
    enter("ben")
    second = press("reject", key="key-of-ben", reason="clip: cut inside")
    assert second == first  # nothing in the answer tells that somebody was there before
    enter("lea")
    found = locked.get("/api/opinions").json()
    assert (found["agreements"]["usable"]["clips"], found["agreements"]["usable"]["raw"]["value"]) == (1, 0.0)
    assert [said["person"] for said in found["differences"][0]["said"]] == ["lin", "ben"]
    done = locked.post("/api/opinions/1/settle", json={"key": "key-of-lea", "stands": "second"})
    assert done.json()["standing"]["review"] == "rejected"
    assert locked.get("/api/opinions").json()["differences"] == []

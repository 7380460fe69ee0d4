"""Review over the line: claims, decisions, conflicts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from db.session import Store
from tests.support.library import Made, add_clip


@pytest.fixture
def desk(client: TestClient, store: Store) -> TestClient:
    with store.write() as session:
        for text in ("A rabbit.", "A fox.", "A hare."):
            add_clip(session, Made(text))
    return client


def wish(clip_id: int, **more: Any) -> dict[str, Any]:
    return {"key": f"key-of-{clip_id}", "clip_id": clip_id, "version": 0, "action": "accept"} | more


def test_claimed_clips_come_whole_with_progress_and_reasons(desk: TestClient) -> None:
    lent = desk.post("/api/review/claim", json={"limit": 2}).json()
    assert [clip["id"] for clip in lent["clips"]] == [1, 2]
    assert lent["clips"][0]["captions"][0]["text"] == "A rabbit."
    assert lent["clips"][0]["scores"] == {"motion": 0.1, "text": 0.0}
    assert lent["progress"] == {"waiting": 3, "accepted": 0, "rejected": 0, "skipped": 0, "per_hour": {}}
    assert desk.post("/api/review/claim", json={"count": False}).json()["progress"] is None
    assert {reason["about"] for reason in lent["reasons"]} == {"caption", "clip"}
    assert len(lent["reasons"]) == 9


def test_a_claim_leaves_out_what_the_browser_has_and_what_was_not_asked_for(desk: TestClient) -> None:
    asked = {"without": [1], "where": ["text~rabbit,fox"]}
    assert desk.post("/api/review/claim", json=asked).json()["clips"] == []
    asked = {"without": [1], "where": ["video~ball"]}
    assert [clip["id"] for clip in desk.post("/api/review/claim", json=asked).json()["clips"]] == [2, 3]
    refused = desk.post("/api/review/claim", json={"where": ["motiom>1"]})
    assert (refused.status_code, "'motiom'" in refused.json()["detail"]) == (400, True)


def test_a_decision_is_kept_once(desk: TestClient) -> None:
    first, again = (desk.post("/api/review/decide", json=wish(1)) for _ in range(2))
    assert first.json() == again.json()
    assert (first.status_code, first.json()["version"], first.json()["standing"]["review"]) == (200, 1, "accepted")
    assert desk.get("/api/review/clip/1").json()["review"] == "accepted"


def test_a_conflict_carries_both_sides(desk: TestClient) -> None:
    desk.post("/api/review/decide", json=wish(2, action="edit", text="A red fox.", key="key-of-theirs"))
    reply = desk.post("/api/review/decide", json=wish(2, action="edit", text="A fox runs."))
    assert reply.status_code == 409
    assert (reply.json()["base"]["text"], reply.json()["theirs"]["text"]) == ("A fox.", "A red fox.")


def test_notes_marks_and_tags_are_kept_once_and_taken_back(desk: TestClient) -> None:
    wrong = {"key": "key-of-mark", "clip_id": 1, "kind": "wrong", "caption_id": 1, "span": [0, 9]}
    flag = {"key": "key-of-flag", "clip_id": 1, "kind": "flag"}
    for body in (wrong, wrong, flag):
        assert desk.post("/api/review/note", json=body).json() == {"clip_id": 1}
    assert desk.post("/api/review/tag", json={"key": "key-of-tag", "clip_id": 1, "tag": "Dog"}).status_code == 200
    whole = desk.get("/api/library/clip/1").json()["clip"]
    assert [(one["kind"], one["span"]) for one in whole["notes"]] == [("wrong", [0, 9]), ("flag", None)]
    assert (whole["tags"], desk.get("/api/review/tags").json()) == (["dog"], ["dog"])
    assert [clip["id"] for clip in desk.get("/api/library/clips?where=note=wrong").json()["clips"]] == [1]
    desk.post("/api/review/unnote", json={"key": "key-of-undo", "clip_id": 1, "note": "key-of-mark"})
    desk.post("/api/review/tag", json={"key": "key-of-untag", "clip_id": 1, "tag": "dog", "on": False})
    whole = desk.get("/api/library/clip/1").json()
    assert ([one["kind"] for one in whole["clip"]["notes"]], whole["clip"]["tags"]) == (["flag"], [])
    assert [one["kind"] for one in whole["history"]] == ["wrong", "flag", "take back"]


def test_a_note_that_makes_no_sense_is_refused(desk: TestClient) -> None:
    for body, status in (
        ({"clip_id": 77, "kind": "flag"}, 400),
        ({"clip_id": 1, "kind": "praise"}, 422),
        ({"clip_id": 1, "kind": "note", "text": " "}, 400),
        ({"clip_id": 1, "kind": "wrong", "caption_id": 2, "span": [0, 5]}, 400),
    ):
        assert desk.post("/api/review/note", json={"key": "key-of-note"} | body).status_code == status
    assert desk.post("/api/review/tag", json={"key": "key-of-tag", "clip_id": 77, "tag": "dog"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (wish(1, action="edit", text="  "), 400),
        (wish(1, action="reject"), 400),
        (wish(1, action="approve"), 422),
        (wish(1, key="short"), 422),
        (wish(1, colour="red"), 422),
        (wish(77), 400),
    ],
)
def test_a_wish_that_makes_no_sense_changes_nothing(desk: TestClient, body: dict[str, Any], status: int) -> None:
    assert desk.post("/api/review/decide", json=body).status_code == status
    assert desk.get("/api/review/clip/1").json()["version"] == 0


def test_a_clip_that_is_none(desk: TestClient) -> None:
    assert desk.get("/api/review/clip/77").status_code == 404


def test_a_viewer_may_look_and_not_decide(locked: TestClient, store: Store) -> None:
    with store.write() as session:
        add_clip(session)
    assert locked.post("/api/review/decide", json=wish(1)).status_code == 401
    locked.post("/login", data={"name": "vi", "password": "open sesame"})
    assert locked.get("/api/review/clip/1").status_code == 200
    assert locked.post("/api/review/decide", json=wish(1)).status_code == 403
    locked.post("/login", data={"name": "lin", "password": "open sesame"})
    assert locked.post("/api/review/decide", json=wish(1)).json()["standing"]["by"] == "lin"

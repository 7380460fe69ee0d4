"""The Library over the line: shelves, facets, rules tried and put in force."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from db import judging
from db.session import Store
from tests.support.library import Made, add_clip, add_run


@pytest.fixture
def library(client: TestClient, store: Store) -> TestClient:
    """Five clips with motion 0.0 to 0.4, judged by motion >= 0.02."""
    with store.write() as session:
        run = add_run(session)
        for number in range(5):
            clip = add_clip(session, Made(f"Clip {number}", scores={"motion": number / 10, "text": None}), run=run)
            judging.judge_clip(session, clip.id)
    return client


def test_a_shelf_goes_on_where_the_last_one_ended(library: TestClient) -> None:
    first = library.get("/api/library/clips?limit=3").json()
    assert ([clip["id"] for clip in first["clips"]], first["count"]) == ([5, 4, 3], 5)
    rest = library.get(f"/api/library/clips?limit=3&after={first['after']}").json()
    assert ([clip["id"] for clip in rest["clips"]], rest["after"], rest["count"]) == ([2, 1], None, None)
    oldest = library.get("/api/library/clips?sort=oldest&limit=1").json()
    assert oldest["clips"][0]["id"] == 1


def test_a_shelf_is_narrowed_by_the_same_words_as_on_the_command_line(library: TestClient) -> None:
    found = library.get("/api/library/clips", params={"where": ["verdict=kept", "motion>0.25"]}).json()
    assert ([clip["id"] for clip in found["clips"]], found["count"]) == ([5, 4], 2)
    refused = library.get("/api/library/clips", params={"where": "colour=red"})
    assert (refused.status_code, "known are" in refused.json()["detail"]) == (400, True)


def test_facets(library: TestClient) -> None:
    facets = library.get("/api/library/facets").json()
    assert facets == {
        "count": 5,
        "verdict": {"kept": 4, "dropped": 1},
        "review": {"waiting": 5},
        "reasons": [["motion below 0.02", 1, "motion below 0.02"]],
        "tags": {},
        "scores": ["motion", "text"],
    }


def test_a_clip_comes_with_its_history(library: TestClient) -> None:
    wish = {"key": "key-of-1", "clip_id": 2, "version": 0, "action": "reject", "reason": "clip: cut inside"}
    library.post("/api/review/decide", json=wish)
    whole = library.get("/api/library/clip/2").json()
    assert whole["clip"]["reject_reason"] == "cut inside"
    assert [entry["kind"] for entry in whole["history"]] == ["reject"]


def test_a_shelf_in_the_order_of_a_score(library: TestClient) -> None:
    found = library.get("/api/library/clips", params={"sort": "-motion", "limit": 2}).json()
    assert [clip["id"] for clip in found["clips"]] == [5, 4]
    rest = library.get("/api/library/clips", params={"sort": "-motion", "after": found["after"]}).json()
    assert [clip["id"] for clip in rest["clips"]] == [3, 2, 1]
    refused = library.get("/api/library/clips", params={"sort": "beauty"})
    assert (refused.status_code, "use newest" in refused.json()["detail"]) == (400, True)
    assert library.get("/api/library/count", params={"where": "motion>0.15"}).json() == 3


def test_views_are_kept_shared_and_forgotten(library: TestClient) -> None:
    view = {"name": "Lively", "where": ["motion>0.2 or not verdict=kept"], "sort": "-motion", "shared": True}
    made = library.post("/api/library/views", json=view)
    assert made.status_code == 201
    (found,) = library.get("/api/library/views").json()
    assert {name: found[name] for name in view} == view
    assert library.post("/api/library/views", json={**view, "where": ["motion>"]}).status_code == 400
    assert library.post(f"/api/library/views/{found['id']}/forget").status_code == 200
    assert library.get("/api/library/views").json() == []
    assert library.post(f"/api/library/views/{found['id']}/forget").status_code == 400


def test_rules_come_with_the_way_their_scores_lie(library: TestClient) -> None:
    motion, text = library.get("/api/library/rules").json()
    assert motion["rule"] == {"rule": {"score": "motion", "low": 0.02, "high": None}, "differs": False}
    assert (motion["histogram"]["low"], motion["histogram"]["high"], sum(motion["histogram"]["counts"])) == (0.0, 0.4, 5)
    assert (text["rule"], text["histogram"]["counts"], text["histogram"]["missing"]) == (None, [], 5)


def test_rules_are_tried_put_in_force_and_taken_back(library: TestClient) -> None:
    changes = [{"score": "motion", "low": 0.25, "high": None}]
    tried = library.post("/api/library/preview", json={"changes": changes}).json()
    assert (tried["kept"], tried["dropped"], tried["unscored"], tried["against_now"]) == (2, 3, 0, -2)
    assert library.get("/api/library/facets").json()["verdict"] == {"kept": 4, "dropped": 1}

    applied = library.post("/api/library/apply", json={"key": "key-apply", "changes": changes}).json()
    assert applied["preview"] == tried
    assert library.get("/api/library/facets").json()["verdict"] == {"kept": 2, "dropped": 3}

    back = library.post("/api/library/put-back", json={"key": "key-of-back", "of": "key-apply"}).json()
    assert back["preview"]["kept"] == 4
    assert library.get("/api/library/rules").json()[0]["rule"]["rule"]["low"] == 0.02


def test_rules_that_fit_nothing_are_refused_in_a_sentence(library: TestClient) -> None:
    for low in (0.9, "much"):
        body = {"changes": [{"score": "motion", "low": low, "high": 0.1}]}
        assert library.post("/api/library/preview", json=body).status_code in (400, 422)


def test_scripts_are_served_and_asked_for_again_cheaply(library: TestClient) -> None:
    first = library.get("/own/scripts/desk.js")
    assert (first.status_code, first.headers["content-type"].split(";")[0]) == (200, "text/javascript")
    again = library.get("/own/scripts/desk.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert library.get("/own/scripts/none.js").status_code == 404
    assert library.get("/own/scripts/..%2Freview_desk.js").status_code == 404

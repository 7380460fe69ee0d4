"""Gestures on many clips over the line."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from db.session import Store
from tests.support.library import Made, add_clip


@pytest.fixture
def library(client: TestClient, store: Store) -> TestClient:
    with store.write() as session:
        for number in range(5):
            add_clip(session, Made(f"A cat {number}", scores={"motion": number / 10}))
    return client


def reviews(library: TestClient) -> dict[str, int]:
    found: dict[str, int] = library.get("/api/library/facets").json()["review"]
    return found


def test_a_gesture_is_seen_done_and_taken_back(library: TestClient) -> None:
    asked = {"where": ["motion>0.15"], "act": "reject", "reason": "clip: cut inside"}
    seen = library.post("/api/bulk/preview", json=asked).json()
    assert (seen["clips"], seen["until"]) == (3, 5)
    done = library.post("/api/bulk/do", json={**asked, "key": "key-of-bulk", "until": seen["until"]}).json()
    assert done == {"done": 3, "left_alone": 0, "after": None}
    assert reviews(library) == {"waiting": 2, "rejected": 3}
    back = {"key": "key-of-undo", "of": "key-of-bulk"}
    first = library.post("/api/bulk/undo", json=back).json()
    assert first["done"] == 3
    assert reviews(library) == {"waiting": 5}


def test_words_are_replaced_everywhere_at_once(library: TestClient) -> None:
    asked = {"where": [], "act": "replace", "find": "cat", "put": "kitten"}
    seen = library.post("/api/bulk/preview", json=asked).json()
    assert (seen["changes"][0]["before"], seen["changes"][0]["after"]) == ("A cat 0", "A kitten 0")
    library.post("/api/bulk/do", json={**asked, "key": "key-of-bulk", "until": 5})
    found = library.get("/api/library/clips", params={"where": "text~kitten"}).json()
    assert found["count"] == 5


@pytest.mark.parametrize(
    "asked", [{"act": "delete"}, {"act": "reject"}, {"act": "tag", "tag": ","}, {"act": "accept", "where": ["("]}]
)
def test_nonsense_is_refused(library: TestClient, asked: dict[str, object]) -> None:
    reply = library.post("/api/bulk/preview", json=asked)
    assert reply.status_code in (400, 422)
    assert reviews(library) == {"waiting": 5}

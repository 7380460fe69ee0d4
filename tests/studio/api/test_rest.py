"""What programs may do: with a token, within its scope, described by a schema."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from db import errands, tokens, workers
from db.models import Errand, Job
from db.session import Store
from settings import Settings
from tests.support.library import add_clip


def bearer(store: Store, scope: str, user: str | None = "lin") -> dict[str, str]:
    with store.write() as session:
        return {"authorization": f"Bearer {tokens.add(session, f'{scope}-{user}', scope=scope, user=user)}"}


FORM = {"question": "What turns?", "temperature": "0.2"}
VIDEO = {"video": ("clip one.mp4", b"a video", "video/mp4")}


class TestTokens:
    @pytest.mark.parametrize(
        ("scope", "method", "path", "status"),
        [
            ("read", "GET", "/api/clips", 200),
            ("read", "GET", "/api/library/facets", 200),
            ("read", "POST", "/api/export", 403),
            ("read", "POST", "/api/caption", 403),
            ("read", "GET", "/docs", 200),
            ("read", "GET", "/", 403),
            ("read", "GET", "/gradio_api/info", 403),
            ("write", "GET", "/api/clips", 200),
            ("write", "POST", "/api/export", 403),  # a reviewer's token: as much as the reviewer may
            ("write", "POST", "/api/caption", 400),
            ("caption", "GET", "/api/clips", 403),
            ("caption", "POST", "/api/export", 403),
            ("caption", "POST", "/api/caption", 400),
        ],
    )
    def test_a_scope_opens_what_it_says(
        self, locked: TestClient, store: Store, scope: str, method: str, path: str, status: int
    ) -> None:
        answer = locked.request(method, path, headers=bearer(store, scope), json={} if path == "/api/export" else None)
        assert answer.status_code == status, answer.text

    def test_a_viewers_token_writes_nothing(self, locked: TestClient, store: Store) -> None:
        assert locked.post("/api/export", headers=bearer(store, "write", "vi"), json={}).status_code == 403

    def test_without_one_nothing_opens(self, locked: TestClient, store: Store) -> None:
        for path in ("/api/clips", "/openapi.json", "/docs"):
            assert locked.get(path).status_code == 401
        assert locked.get("/api/clips", headers=bearer(store, "read", None)).status_code == 401, "nobody's, with accounts on"

    def test_guessing_is_slowed_down(self, locked: TestClient, store: Store) -> None:
        right = bearer(store, "read")
        codes = [locked.get("/api/clips", headers={"authorization": f"Bearer {n}"}).status_code for n in range(11)]
        assert codes == [401] * 10 + [429]
        assert locked.get("/api/clips", headers=right).status_code == 429

    def test_a_studio_for_one_takes_tokens_too(self, client: TestClient, store: Store) -> None:
        assert client.get("/api/clips", headers=bearer(store, "read", None)).status_code == 200
        assert client.get("/api/clips", headers={"authorization": "Bearer wrong"}).status_code == 401


def test_clips_come_in_pages(client: TestClient, store: Store) -> None:
    with store.write() as session:
        ids = [add_clip(session).id for _ in range(5)]
    seen: list[int] = []
    after: int | None = None
    while True:
        query = {"limit": 2, "where": "verdict=kept"} | ({"after": after} if after else {})
        page = client.get("/api/clips", params=query).json()
        seen += [clip["id"] for clip in page["clips"]]
        if (after := page["after"]) is None:
            break
    assert seen == ids
    assert client.get("/api/clips", params={"where": "nonsense"}).status_code == 400


def test_an_export_is_begun_and_watched(client: TestClient, store: Store) -> None:
    begun = client.post("/api/export", json={"format": "easyanimate", "which": "accepted", "name": "dogs"})
    assert begun.status_code == 201, begun.text
    seen = client.get(f"/api/export/{begun.json()['id']}").json()
    assert (seen["state"], seen["format"]) == ("waiting", "easyanimate")
    assert client.get("/api/export/999").status_code == 404


@pytest.fixture
def worker(store: Store) -> Iterator[list[dict[str, Any]]]:
    """A worker that answers at once, in the words it is given; what it was asked."""
    asked: list[dict[str, Any]] = []
    end = threading.Event()

    def work() -> None:
        while not end.wait(0.02):
            with store.write() as session:
                for errand in session.query(Errand).where(Errand.state == "waiting"):
                    with open(errand.wish["path"], "rb") as file:  # noqa: PTH123
                        asked.append({**errand.wish, "content": file.read()})
                    if "fail" in errand.wish["question"]:
                        errands.fail(session, errand.id, "the model is not there; python app.py doctor says how to get it")
                    else:
                        errands.finish(session, errand.id, {"answer": "A robot turns its head.", "model": "tiny"})

    with store.write() as session:
        workers.enlist(session, "w1")
    thread = threading.Thread(target=work)
    thread.start()
    yield asked
    end.set()
    thread.join()


class TestCaption:
    def test_the_fields_of_cogvlm2s_service(
        self, client: TestClient, settings: Settings, worker: list[dict[str, Any]]
    ) -> None:
        answer = client.post("/api/caption", files=VIDEO, data=FORM)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"answer": "A robot turns its head.", "model": "tiny"}
        (asked,) = worker
        assert (asked["question"], asked["temperature"], asked["content"]) == ("What turns?", 0.2, b"a video")
        assert asked["path"].endswith(".mp4") and "clip one" not in asked["path"]
        assert not list(settings.uploads.iterdir()), "nothing of it stays"

    def test_why_there_is_no_answer_is_said(self, client: TestClient, worker: list[dict[str, Any]]) -> None:
        answer = client.post("/api/caption", files=VIDEO, data={"question": "please fail"})
        assert (answer.status_code, answer.json()["detail"].split(";")[0]) == (422, "the model is not there")

    @pytest.mark.parametrize(
        ("files", "data", "status", "says"),
        [
            ({}, FORM, 400, "video"),
            ({"video": ("a.exe", b"x")}, FORM, 415, "neither a video"),
            (VIDEO, {"temperature": "hot"}, 400, "from 0 to 2"),
            (VIDEO, {"question": "x" * 5000}, 400, "longer than 4000"),
            (VIDEO, {"model": "/etc"}, 400, "no model of this name"),
        ],
    )
    def test_what_cannot_be_answered_is_refused(
        self, client: TestClient, worker: object, files: Any, data: dict[str, str], status: int, says: str
    ) -> None:
        answer = client.post("/api/caption", files=files, data=data)
        assert answer.status_code == status and says in answer.json()["detail"]

    def test_a_body_of_unknown_or_great_size_is_not_read(self, client: TestClient, settings: Settings) -> None:
        assert client.post("/api/caption", content=iter([b"x"])).status_code == 411
        huge = {
            "content-length": str((settings.max_upload_mib + 1) << 20),
            "content-type": "multipart/form-data; boundary=x",
        }
        assert client.post("/api/caption", headers=huge, content=b"").status_code == 413

    def test_nobody_waits_where_nobody_works(self, client: TestClient, settings: Settings, store: Store) -> None:
        began = time.monotonic()
        assert client.post("/api/caption", files=VIDEO, data=FORM).status_code == 503
        assert time.monotonic() - began < 5 and not list(settings.uploads.iterdir())
        with store.read() as session:
            assert session.query(Job).count() == 0


def test_the_schema_names_every_route_and_its_fields(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert {"/api/clips", "/api/export", "/api/export/{export_id}", "/api/caption"} <= set(schema["paths"])
    form = schema["paths"]["/api/caption"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"video", "question", "temperature", "model"}
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_the_page_lists_them_without_another_site(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "/api/caption" in page and "question" in page and "Bearer" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page

"""The gate: who, from where, and what may never be asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from db.session import open_store
from settings import Settings
from tests.studio.conftest import HOME, add_people, opened
from tests.support.studio import built

SITES = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
]
ADDRESSES = [
    "/",
    "/queue",
    "/config",
    "/api/runs",
    "/api/clips",
    "/docs",
    "/openapi.json",
    "/gradio_api/info",
    "/theme.css",
    "/gradio_api/heartbeat/x",
]
FILES = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=http://127.0.0.1:1/",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1:1/",
    "/gradio_api/FILE=/etc/passwd",
    "/gradio_api%2Ffile=/etc/passwd",
    "/gradio_api/stream/a/b/c/playlist.m3u8",
    "/monitoring",
    "/svelte/../../etc/passwd",
    "/static//etc/passwd",
    "/static/..%2f..%2f..%2fetc/passwd",
    "/assets/../../../../etc/passwd",
    "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/custom_component/x/y/../../../../etc/passwd",
    "/media/../../etc/passwd",
    "/own/../../../etc/passwd",
    "/redoc",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, Gradio's routes included."""
    settings = Settings(data=tmp_path_factory.mktemp("open"))
    with opened(built(settings, open_store(settings.database))) as client:
        yield client


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application with accounts."""
    settings = Settings(data=tmp_path_factory.mktemp("locked"), auth=True)
    store = open_store(settings.database)
    add_people(store)
    with opened(built(settings, store)) as client:
        yield client


@pytest.mark.parametrize("headers", SITES)
@pytest.mark.parametrize("path", ["/login", "/logout", "/gradio_api/queue/join", "/api/runs", "/anything"])
def test_a_foreign_page_changes_nothing(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, headers=headers, json={}).status_code == 403


def test_our_own_page_and_a_script_may_ask(client: TestClient) -> None:
    assert client.post("/logout", headers={"origin": HOME, "sec-fetch-site": "same-origin"}).status_code == 303
    assert client.post("/logout").status_code == 303


def test_no_answer_allows_another_origin(client: TestClient) -> None:
    for path in ("/config", "/healthz", "/queue"):
        reply = client.get(path, headers={"origin": "https://evil.example"})
        assert not [name for name in reply.headers if name.startswith("access-control-allow")]


@pytest.mark.parametrize("path", FILES)
def test_no_file_and_no_other_server_is_reached(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code in (400, 403, 404, 422)
    assert "root:" not in reply.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:7860", "10.0.0.1"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:7860", "[::1]", "[::1]:7860"])
def test_this_machine_may_be_called_as_it_is(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).json() == {"status": "ok"}


def test_gradio_does_not_believe_forwarded_hosts(client: TestClient) -> None:
    page = client.get("/queue", headers={"x-forwarded-host": "evil.example", "x-gradio-server": "http://evil.example"})
    assert "evil.example" not in page.text


def test_every_answer_carries_our_headers(client: TestClient) -> None:
    for path in ("/queue", "/healthz", "/nothing", "/gradio_api/file=x", "/login"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "object-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_opens_without_an_account(locked: TestClient, path: str) -> None:
    assert locked.get(path).status_code == 401
    page = locked.get(path, headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/login")


def test_a_websocket_needs_an_account_and_our_own_page(locked: TestClient, client: TestClient) -> None:
    for asked, headers in ((locked, {}), (client, {"origin": "https://evil.example"})):
        with pytest.raises(WebSocketDisconnect), asked.websocket_connect("/any", headers=headers):
            pass


def test_bodies_are_small_and_of_known_size(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content=b"x" * ((4 << 20) + 1)).status_code == 413
    assert client.post("/gradio_api/queue/join", content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize("path", ["/login_check", "/gradio_api/login_check", "/loginx", "/healthz/x"])
def test_what_looks_like_the_door_is_not_the_door(locked: TestClient, path: str) -> None:
    assert locked.get(path).status_code == 401


def test_a_sign_of_life_is_open(locked: TestClient) -> None:
    assert locked.get("/healthz").json() == {"status": "ok"}

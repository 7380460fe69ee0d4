"""Accounts: who gets in, for how long, and what a wrong password costs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from db import users
from db.models import Login
from db.session import Store
from pipelines.errors import Usage
from settings import Settings
from studio.auth import COOKIE, Logins, Throttle, is_loopback, refuse_public_without_accounts
from studio.server import gated
from tests.studio.conftest import HOME

RIGHT = {"name": "lin", "password": "open sesame"}


def log_in(client: TestClient, **fields: str) -> int:
    return client.post("/login", data={**RIGHT, **fields}).status_code


def test_log_in_look_and_log_out(locked: TestClient) -> None:
    assert log_in(locked) == 303
    assert locked.get("/api/runs").status_code == 200
    assert locked.post("/logout").headers["location"] == "/login"
    assert locked.get("/api/runs").status_code == 401


def test_a_stolen_cookie_is_worthless_after_log_out(locked: TestClient) -> None:
    log_in(locked)
    stolen = locked.cookies[COOKIE]
    locked.post("/logout")
    assert locked.get("/api/runs", headers={"cookie": f"{COOKIE}={stolen}"}).status_code == 401


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"name": "nobody"}, {"password": ""}, {"name": "x" * 9000}])
def test_wrong_gets_nobody_in(locked: TestClient, fields: dict[str, str]) -> None:
    reply = locked.post("/login", data={**RIGHT, **fields})
    assert reply.status_code == 401
    assert "Name or password is wrong." in reply.text
    assert "set-cookie" not in reply.headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(locked: TestClient) -> None:
    cookie = locked.post("/login", data=RIGHT).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    behind = locked.post("/login", data=RIGHT, headers={"x-forwarded-proto": "https"}).headers["set-cookie"].lower()
    assert "secure" in behind


def test_only_a_hash_of_the_token_is_kept(locked: TestClient, store: Store) -> None:
    log_in(locked)
    with store.read() as session:
        kept = [login.token_hash for login in session.query(Login)]
    assert len(kept) == 1 and locked.cookies[COOKIE] not in kept[0]


def test_the_eleventh_wrong_password_in_a_minute_waits(locked: TestClient) -> None:
    assert [log_in(locked, password="wrong") for _ in range(11)] == [401] * 10 + [429]
    assert log_in(locked) == 429, "not even the right one"
    assert log_in(locked, name="vi") == 303, "others are not locked out"


def test_the_throttle_forgets() -> None:
    throttle = Throttle(1, window_s=0.05)
    throttle.failed("lin", "::1")
    assert throttle.full("lin", "::1")
    time.sleep(0.06)
    assert not throttle.full("lin", "::1")


def test_a_login_survives_a_restart(locked: TestClient, settings: Settings, store: Store) -> None:
    log_in(locked)
    again = TestClient(gated(replace(settings, auth=True), store)[0], base_url=HOME, cookies=dict(locked.cookies))
    assert again.get("/api/runs").status_code == 200


@pytest.mark.parametrize("column, age", [("seen_at", users.IDLE_S), ("created_at", users.WHOLE_S)])
def test_a_login_runs_out(locked: TestClient, settings: Settings, store: Store, column: str, age: float) -> None:
    log_in(locked)
    with store.write() as session:
        session.execute(update(Login).values({column: time.time() - age - 1}))
    assert Logins(replace(settings, auth=True), store).look_up(locked.cookies[COOKIE]) is None


def test_a_viewer_looks_and_changes_nothing(locked: TestClient) -> None:
    log_in(locked, name="vi")
    assert locked.get("/api/runs").status_code == 200
    refused = locked.post("/api/runs", json={})
    assert (refused.status_code, refused.json()["detail"]) == (403, "vi may look at everything and change nothing")


def test_without_accounts_there_is_one_local_user(client: TestClient) -> None:
    assert client.get("/api/runs").status_code == 200
    assert client.get("/login").headers["location"] == "/"
    assert client.post("/login", data=RIGHT).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "studio.example"])
def test_no_public_address_without_accounts(settings: Settings, store: Store, host: str) -> None:
    public = replace(settings, host=host)
    with pytest.raises(Usage, match="user add"):
        refuse_public_without_accounts(public, store)
    with store.write() as session:
        users.add(session, "lin", "open sesame")
    assert refuse_public_without_accounts(public, store).auth


def test_accounts_asked_for_must_exist(settings: Settings, store: Store) -> None:
    with pytest.raises(Usage, match="user add"):
        gated(replace(settings, auth=True), store)[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "localhost.evil.example", "10.0.0.1"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        ("/library?where=motion%3E0.1", "/library?where=motion%3E0.1"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\t/elsewhere.example/", "/"),
    ],
)
def test_who_logs_in_comes_to_where_they_wanted_and_never_elsewhere(locked: TestClient, asked: str, then: str) -> None:
    assert locked.post("/login", params={"next": asked}, data=RIGHT).headers["location"] == then


def test_the_door_remembers_what_was_asked_for(locked: TestClient) -> None:
    door = locked.get("/library?where=a%3Db", headers={"accept": "text/html"}).headers["location"]
    assert door == "/login?next=%2Flibrary%3Fwhere%3Da%253Db"
    assert locked.get("/", headers={"accept": "text/html"}).headers["location"] == "/login"
    assert locked.post(door, data=RIGHT).headers["location"] == "/library?where=a%3Db"

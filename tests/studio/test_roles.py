"""What each role may do, asked at the gate itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from db import users
from db.session import Store
from db.users import ROLES
from settings import Settings
from studio import roles
from studio.server import gated
from tests.studio.conftest import opened

ASKED = [
    ("GET", "/api/library/clips", "viewer"),
    ("POST", "/api/bulk/preview", "viewer"),
    ("POST", "/api/library/preview", "viewer"),
    ("POST", "/api/spot-check/outlook", "viewer"),
    ("POST", "/api/spot-check", "reviewer"),
    ("POST", "/api/review/decide", "reviewer"),
    ("POST", "/api/library/views", "reviewer"),
    ("POST", "/api/runs", "reviewer"),
    ("POST", "/api/bulk/do", "lead"),
    ("POST", "/api/library/apply", "lead"),
    ("POST", "/api/exports", "lead"),
    ("GET", "/api/admin/log", "lead"),
    ("POST", "/api/admin/assignments", "lead"),
    ("GET", "/api/admin/accounts", "admin"),
    ("POST", "/api/admin/accounts/ad", "admin"),
    ("POST", "/api/admin/invitations", "admin"),
    ("GET", "/api/models/fetches", "viewer"),
    ("POST", "/api/models/fetch", "admin"),
    ("POST", "/api/models/cancel", "admin"),
]


@pytest.fixture
def team(settings: Settings, store: Store) -> Iterator[TestClient]:
    """One account a role, named after it."""
    with store.write() as session:
        for role in ROLES:
            users.add(session, role, "open sesame", role)
    with opened(gated(replace(settings, auth=True), store)[0]) as client:
        yield client


def test_a_role_may_do_what_those_below_it_may_and_no_more(team: TestClient) -> None:
    for role in ROLES:
        team.post("/login", data={"name": role, "password": "open sesame"})
        for method, path, least in ASKED:
            assert (team.request(method, path, json={}).status_code != 403) is roles.may(role, least), (role, method, path)


def test_a_refusal_says_what_it_takes(team: TestClient) -> None:
    team.post("/login", data={"name": "reviewer", "password": "open sesame"})
    assert team.post("/api/bulk/do", json={}).json()["detail"] == "reviewer is a reviewer, and this takes a lead"


def test_a_change_of_role_or_a_sign_out_counts_at_once(team: TestClient) -> None:
    team.post("/login", data={"name": "reviewer", "password": "open sesame"})
    cookie = {"cookie": f"clapper={team.cookies['clapper']}"}
    team.post("/login", data={"name": "admin", "password": "open sesame"})
    mine = team.cookies["clapper"]
    team.cookies.clear()
    own = {"cookie": f"clapper={mine}"}
    assert team.get("/api/admin/log", headers=cookie).status_code == 403
    assert team.post("/api/admin/accounts/reviewer", json={"role": "lead"}, headers=own).status_code == 200
    assert team.get("/api/admin/log", headers=cookie).status_code == 200
    assert team.post("/api/admin/accounts/reviewer", json={"sign_out": True}, headers=own).status_code == 200
    assert team.get("/api/admin/log", headers=cookie).status_code == 401
    only = team.post("/api/admin/accounts/admin", json={"role": "viewer"}, headers=own)
    assert (only.status_code, "the only admin" in only.json()["detail"]) == (400, True)


def test_an_invitation_makes_one_account(team: TestClient) -> None:
    team.post("/login", data={"name": "admin", "password": "open sesame"})
    path = team.post("/api/admin/invitations", json={"role": "lead"}).json()["path"]
    team.cookies.clear()
    assert team.get(path).status_code == 200
    assert team.post(path, data={"name": "mo", "password": "short"}).status_code == 400
    assert team.post(path, data={"name": "mo", "password": "open sesame"}).status_code == 303
    assert team.get("/api/admin/log").json()[0]["kind"] == "account made"
    assert team.post(path, data={"name": "no", "password": "open sesame"}).status_code == 400
    assert team.get(path).status_code == 404

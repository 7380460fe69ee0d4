"""Teamwork: accounts and invitations, who did what, who reviews what. Which role it takes is said in `studio.roles`."""

from __future__ import annotations

import secrets
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from db import assignments, log, users
from db.assignments import Task
from db.log import Entry
from db.users import Account
from studio.auth import Who
from studio.page import Studio

Role = Literal["viewer", "reviewer", "lead", "admin"]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(Asked):
    """Somebody new, with a first password."""

    name: str = Field(max_length=64)
    password: str = Field(max_length=1000)
    role: Role = "reviewer"


class Changed(Asked):
    """What becomes of an account; what is not given stays."""

    role: Role | None = None
    password: str | None = Field(None, max_length=1000)
    sign_out: bool = False
    remove: bool = False


class Invited(Asked):
    role: Role = "reviewer"


class Link(BaseModel):
    """A way to make one account; shown once."""

    path: str


class NewTask(Asked):
    """Clips for somebody to review."""

    person: str = Field(max_length=64)
    where: list[str] = Field(default_factory=list, max_length=50)
    note: str = Field("", max_length=300)


class Team(BaseModel):
    """The people there are; their names alone are enough to assign."""

    names: list[str]
    tasks: list[Task]


def routes(studio: Studio) -> APIRouter:
    router = APIRouter(prefix="/api/admin")
    store = studio.store

    @router.get("/accounts")
    def accounts() -> list[Account]:
        with store.read() as session:
            return users.accounts(session)

    @router.post("/accounts", status_code=201)
    def add(new: NewAccount, who: Who) -> list[Account]:
        with store.write() as session:
            users.add(session, new.name, new.password, new.role)
            log.note(session, "account made", by=who, name=new.name, role=new.role)
            return users.accounts(session)

    @router.post("/accounts/{name}")
    def change(name: str, changed: Changed, who: Who) -> list[Account]:
        with store.write() as session:
            if changed.role:
                users.set_role(session, name, changed.role)
            if changed.password is not None:
                users.set_password(session, name, changed.password)
            if changed.sign_out:
                users.sign_out_everywhere(session, name)
            if changed.remove:
                users.remove(session, name)
            done = changed.model_dump(exclude_defaults=True, exclude={"password"})
            log.note(session, "account changed", by=who, name=name, password=changed.password is not None, **done)
            found = users.accounts(session)
        studio.logins.forget(name)
        return found

    @router.post("/invitations", status_code=201)
    def invite(invited: Invited, who: Who) -> Link:
        token = secrets.token_urlsafe(24)
        with store.write() as session:
            users.invite(session, token, role=invited.role, by=who)
            log.note(session, "invited", by=who, role=invited.role)
        return Link(path=f"/invite/{token}")

    @router.get("/log")
    def entries(actor: str = "", kind: str = "", before: int | None = None) -> list[Entry]:
        with store.read() as session:
            return log.entries(session, actor=actor.strip(), kind=kind.strip(), before=before)

    @router.get("/team")
    def team() -> Team:
        with store.read() as session:
            return Team(names=users.names(session), tasks=assignments.everyones(session))

    @router.post("/assignments", status_code=201)
    def assign(new: NewTask, who: Who) -> Team:
        with store.write() as session:
            assignments.assign(session, new.person, new.where, note=new.note, by=who)
            log.note(session, "assigned", by=who, person=new.person, where=new.where)
            return Team(names=users.names(session), tasks=assignments.everyones(session))

    @router.post("/assignments/{assignment_id}/drop")
    def drop(assignment_id: int, who: Who) -> Team:
        with store.write() as session:
            assignments.drop(session, assignment_id)
            log.note(session, "assignment taken back", by=who, assignment=assignment_id)
            return Team(names=users.names(session), tasks=assignments.everyones(session))

    return router

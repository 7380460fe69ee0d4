"""Who is looking: accounts and cookies, or one local user when the studio serves this machine alone."""

from __future__ import annotations

import getpass
import ipaddress
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from db import tokens, users
from db.session import Store
from pipelines.errors import Usage
from settings import Settings

COOKIE = "clapper"
FRESH_S = 20.0
"""How long a looked-up cookie is believed; also how rarely its use is written down."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the studio."""

    name: str
    role: str
    scope: str = ""
    """What a program's token is good for: read, write, caption. Empty for a browser."""


def is_loopback(host: str) -> bool:
    """Only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_public_without_accounts(settings: Settings, store: Store) -> Settings:
    """The settings to serve with: accounts are always on beyond this machine. Raises `Usage` when there is none to use."""
    needed = settings.auth or not is_loopback(settings.host)
    if needed:
        with store.read() as session:
            if not users.any_account(session):
                raise Usage(
                    f"serving on {settings.host} needs an account and there is none; make one: python app.py user add NAME"
                )
    return replace(settings, auth=needed)


def local_person() -> Person:
    """The one user of a studio without accounts, named as the operating system names them."""
    try:
        return Person(getpass.getuser(), "admin")
    except (KeyError, OSError):  # a container may run under a number that has no name
        return Person("local", "admin")


def person(request: Request) -> Person:
    """Who sent this request; the guard has seen to it that there is somebody."""
    found: Person = request.scope["state"]["user"]
    return found


def _name(request: Request) -> str:
    return person(request).name


Who = Annotated[str, Depends(_name)]
"""In a route's parameters: the name of who sent the request."""


class Logins:
    """Looks cookies up, and remembers the answer for some seconds."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.store = store
        self._local = None if settings.auth else local_person()
        self._known: dict[str, tuple[Person, float]] = {}

    @property
    def local(self) -> bool:
        """There are no accounts, and nobody signs in."""
        return self._local is not None

    def remembered(self, token: str | None) -> Person | None:
        """The answer without asking the database, when there is a fresh one."""
        if self._local:
            return self._local
        known, until = self._known.get(token or "", (None, 0.0))
        return known if time.monotonic() < until else None

    def look_up(self, token: str | None) -> Person | None:
        """Ask the database, and note that the browser was used. Blocks."""
        if not token:
            return None
        with self.store.read() as session:  # a stranger with made-up cookies must not take the write lock
            user = users.signed_in(session, token)
        if user is None:
            return None
        with self.store.write() as session:
            users.seen(session, token)
        found = Person(user.name, user.role)
        self._remember(token, found)
        return found

    def by_token(self, text: str) -> Person | None:
        """Who a program acts for. Blocks."""
        with self.store.read() as session:
            found = tokens.holder(session, text)
        if found is None or (found.user is None and not self.local):
            return None
        return Person(found.user or local_person().name, found.role, found.scope)

    def sign_in(self, name: str, password: str) -> str | None:
        """A new token when the password is right. Blocks for the time of a password hash."""
        with self.store.read() as session:
            user = users.check(session, name, password)
        if user is None:
            return None
        token = secrets.token_urlsafe(32)
        with self.store.write() as session:
            users.open_login(session, user, token)
        return token

    def sign_out(self, token: str) -> None:
        self._known.pop(token, None)
        with self.store.write() as session:
            users.close_login(session, token)

    def forget(self, name: str) -> None:
        """Ask the database again about everybody of this name: their role or their logins have changed."""
        self._known = {token: entry for token, entry in self._known.items() if entry[0].name != name}

    def _remember(self, token: str, found: Person) -> None:
        now = time.monotonic()
        self._known = {old: entry for old, entry in self._known.items() if entry[1] > now}
        self._known[token] = (found, now + FRESH_S)


class Throttle:
    """At most `limit` failures a minute for one name from one address."""

    def __init__(self, limit: int = 10, *, window_s: float = 60.0) -> None:
        self.limit, self.window_s = limit, window_s
        self._failures: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def full(self, name: str, address: str) -> bool:
        self._forget()
        return len(self._failures.get((name, address), ())) >= self.limit

    def failed(self, name: str, address: str) -> None:
        self._failures[name, address].append(time.monotonic())

    def _forget(self) -> None:
        old = time.monotonic() - self.window_s
        for key, times in list(self._failures.items()):
            while times and times[0] < old:
                times.popleft()
            if not times:
                del self._failures[key]

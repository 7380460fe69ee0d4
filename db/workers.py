"""Worker processes: which there are, on which machines, and how busy they say they are."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from db.models import Worker

HEARD_S = 30.0
"""A worker that was silent for so long counts as gone, and its leases have run out."""


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a machine's networks and cards are, 0 to 1."""

    host: str
    model: float | None
    """Its worker that holds networks; None when it has none."""
    gpus: tuple[float, ...]


def enlist(session: Session, worker: str) -> None:
    """Make this process known as a worker."""
    now = time.time()
    session.add(Worker(id=worker, pid=os.getpid(), host=here(), started_at=now, seen_at=now))


def dismiss(session: Session, worker: str) -> None:
    """Forget a worker that ends."""
    session.execute(delete(Worker).where(Worker.id == worker))


def alive(session: Session) -> int:
    """Workers heard of within the last lease."""
    return len(session.scalars(select(Worker.id).where(_is_heard())).all())


def lives_here(session: Session) -> bool:
    """Whether one of this machine was heard of within the last lease."""
    heard = select(Worker.id).where(Worker.host == here(), _is_heard()).limit(1)
    return session.scalar(heard) is not None


def loads(session: Session) -> list[Load]:
    """A machine at a time, of the workers that are heard of and say how busy they are."""
    heard = session.scalars(select(Worker).where(_is_heard()).order_by(Worker.seen_at)).all()
    hosts = dict.fromkeys(one.host for one in heard)
    mine = ([one for one in heard if one.host == host] for host in hosts)
    found = [_load(host, workers) for host, workers in zip(hosts, mine, strict=True)]
    return [one for one in found if one.model is not None or one.gpus]


def _is_heard() -> ColumnElement[bool]:
    return Worker.seen_at > time.time() - HEARD_S


def _load(host: str, workers: Sequence[Worker]) -> Load:
    """Cards are the machine's: whoever looked last knows best."""
    shares = [one.model_busy for one in workers if one.model_busy is not None]
    cards = next((one.gpus_busy for one in reversed(workers) if one.gpus_busy), None)
    return Load(host.split(" ")[0], max(shares, default=None), tuple(cards or ()))


def here() -> str:
    """Names this machine and its process numbers: two containers may share a host name, but not what a number means."""
    try:
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def lives(pid: int) -> bool:
    """Whether a process of this machine is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

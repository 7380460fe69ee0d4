"""What a run would cost, before it is started: how much is new, how long the films are, how long it took before.

Nothing is written. Films are measured by reading their headers in a child process; beyond a bound on their number and on
time, their length is taken from their size.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import progress
from db.models import Scan, VideoPath
from db.session import Store
from pipelines import ingest
from pipelines.child import Child
from pipelines.errors import ClapperError
from pipelines.ingest import Found, Identity, Problem
from pipelines.recipe import Recipe

MOST_FILES = 20_000
MOST_PROBED = 40
PROBING_S = 8.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run finds; `known` files cost nothing."""

    new: int
    known: int
    problems: tuple[str, ...]
    film_s: float
    """Of the new files."""
    guessed: int
    """New files whose length is taken from their size."""
    work_s: float | None
    """About how long it takes, by the last runs of the recipe; None when there was none."""
    more: bool
    """There are more files than were looked at."""


@dataclass(frozen=True, slots=True)
class New:
    """A file that would be read; its length where that is known already."""

    path: str
    size_bytes: int
    film_s: float | None


def plan(store: Store, recipe: Recipe, inputs: Sequence[str]) -> Plan:
    """Look at everything that the run would find."""
    found = list(islice((one for given in inputs for one in ingest.find(given)), MOST_FILES + 1))
    problems = [f"{one.given}: {one.reason}" for one in found[:MOST_FILES] if isinstance(one, Problem)]
    files = {one.path: one for one in found[:MOST_FILES] if isinstance(one, Found)}
    with store.read() as session:
        looked = [_look(session, recipe, one) for one in files.values()]
        speed = progress.speed(session, recipe.name)
    new = [one for one in looked if isinstance(one, New)]
    problems += [one for one in looked if isinstance(one, str)]
    lengths = _lengths(new)
    film_s = sum(lengths) + _guess(new, lengths)
    return Plan(
        new=len(new), known=looked.count(None), problems=tuple(problems), film_s=film_s, guessed=len(new) - len(lengths),
        work_s=film_s / speed if speed else None, more=len(found) > MOST_FILES,
    )  # fmt: skip


def _look(session: Session, recipe: Recipe, one: Found) -> New | str | None:
    """A file to be read; why it cannot be; or None for one that was read with these settings."""
    try:
        now = ingest.identify(one.path)
    except ClapperError as error:
        return f"{one.given}: {error}"
    name = session.scalar(select(VideoPath).where(VideoPath.path == os.fsencode(one.path)))
    if name is None or Identity(name.size_bytes, name.mtime_ns, name.inode) != now:
        return New(one.path, now.size_bytes, None)
    scanned = select(Scan.id).where(Scan.video_id == name.video_id, Scan.digest == recipe.scan.digest())
    known = session.scalar(scanned) is not None
    return None if known else New(one.path, now.size_bytes, name.video.info.get("duration_s"))


def _lengths(new: Sequence[New]) -> list[float]:
    """Seconds of the first of these files, as many as can be read in the time."""
    ends, child, found = time.monotonic() + PROBING_S, Child(), []
    try:
        for one in new[:MOST_PROBED]:
            if time.monotonic() > ends:
                break
            found.append(one.film_s if one.film_s is not None else _probed(child, one.path))
    finally:
        child.close()
    return found


def _probed(child: Child, path: str) -> float:
    """Its length; a file that is no film has none."""
    try:
        info = child.run("pipelines.media.opening:probe_file", {"path": path}, seconds=PROBING_S)
    except ClapperError:
        return 0.0
    return float(info["duration_s"] or 0.0)


def _guess(new: Sequence[New], lengths: Sequence[float]) -> float:
    """Length of the files that were not read, which have as many bytes a second as those that were."""
    size = sum(one.size_bytes for one in new[: len(lengths)])
    rest = sum(one.size_bytes for one in new[len(lengths) :])
    return rest * sum(lengths) / size if size else 0.0

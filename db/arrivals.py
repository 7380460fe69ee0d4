"""A whole library, or a list of one, arrives: merged portion by portion, its pictures copied or asked for."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import or_, select

from db import elsewhere, merge
from db.merge import Merged
from db.models import Clip
from db.session import Store
from pipelines import known
from pipelines.files import clip_folder, write_whole
from pipelines.ingest import Problem
from pipelines.known import Known
from pipelines.records import State

PORTION = 200


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of it."""

    merged: Merged
    problems: tuple[Problem, ...]
    keys: tuple[str, ...]
    """Of the clips, all that were told of."""


def arrive(store: Store, path: Path, *, clips: Path) -> Arrived | None:
    """Merge the database or the `jsonl` export at `path`; None when it is neither. Pictures go below `clips`."""
    if database := elsewhere.database(path):
        if database.samefile(store.engine.url.database or ""):
            return Arrived(Merged(), (), ())
        with elsewhere.opened(database) as other:
            with store.write() as session:
                merge.prompts(session, elsewhere.prompts(other))
            arrived = _merge(store, elsewhere.read(other))
        _copy_pictures(arrived.keys, database, clips)
        return arrived
    if listing := known.listing(path):
        return _merge(store, _portions(known.read(listing)))
    return None


def _merge(store: Store, portions: Iterable[Sequence[Known | Problem]]) -> Arrived:
    total, problems, keys = Merged(), list[Problem](), dict[str, None]()
    for portion in portions:
        with store.write() as session:
            for one in portion:
                if isinstance(one, Known):
                    total += merge.merge(session, one)
                    keys[one.record.key] = None
                else:
                    problems.append(one)
    return Arrived(total, tuple(problems), tuple(keys))


def _portions(found: Iterator[Known | Problem]) -> Iterator[list[Known | Problem]]:
    while portion := list(islice(found, PORTION)):
        yield portion


def _copy_pictures(keys: Iterable[str], database: Path, clips: Path) -> None:
    """Sheets, posters and proxies that are not here yet; each folder appears whole."""
    for key in keys:
        source, dest = elsewhere.clip_files(database, key), clip_folder(clips, key)
        if source is None or dest.exists():
            continue
        part = dest.with_name(f".{key}.{os.getpid()}.part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source, part, ignore=shutil.ignore_patterns(".*"))
        part.rename(dest)


def list_unseen(store: Store, keys: Sequence[str], *, clips: Path, dest: Path, root: str | None = None) -> bool:
    """Write to `dest` a list, as the importer `table` reads it, of clips worth looking at whose pictures are not here.

    A file is looked for at its path, and by its name in `root`; whether there is any such clip."""
    lines: list[str] = []
    for start in range(0, len(keys), PORTION):
        with store.read() as session:
            worth = or_(Clip.verdict == State.KEPT, Clip.review == "accepted")
            wanted = select(Clip).where(Clip.key.in_(keys[start : start + PORTION]), worth).order_by(Clip.id)
            for clip in session.scalars(wanted):
                path = None if (clip_folder(clips, clip.key) / "sheet.jpg").exists() else _file(clip, root)
                if path is not None:
                    lines.append(json.dumps({"path": path, "start_s": clip.start_s, "end_s": clip.end_s}) + "\n")
    if lines:
        write_whole(dest, "".join(lines).encode())
    return bool(lines)


def _file(clip: Clip, root: str | None) -> str | None:
    """A file of the right size; that it is the right one, its content will tell."""
    paths = [os.fsdecode(name.path) for name in clip.video.paths]
    places = [*paths, *(os.path.join(root, os.path.basename(path)) for path in paths if root)]  # noqa: PTH118, PTH119
    return next((one for one in places if _size(one) == clip.video.size_bytes), None)


def _size(path: str) -> int | None:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return None

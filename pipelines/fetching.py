"""Weights from the Hugging Face hub into the models folder, when a person asks for them; no stage of a run fetches any.

A model whose catalogue entry names no commit is kept to the one that was fetched first: `models.lock` in the models folder,
hub ids with their commits as JSON.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from pipelines import catalogue, files, hub, lacking, weights
from pipelines.catalogue import Model
from pipelines.errors import Cancelled, ClapperError, Usage
from pipelines.hub import Remote

PATTERNS = ("*.json", "*.jinja", "*.txt")
"""Beside the weights. Nothing that could run: no Python, and no pickle but the one that weights may be published in."""
CODE = "*.py"
"""Fetched as well for a model whose own code the operator allowed."""
LOCK = "models.lock"
HALF = ".fetching"
"""Where files lie below the models folder until all of them are there, so that nobody takes half a model for one."""
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
GIB = 1 << 30
SPARE_BYTES = GIB
"""Left free on the disk: the library may live on it as well."""
Told = Callable[[int, int], None]
"""Gets the bytes that are here and those of the whole; may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What is to be brought, and whereto."""

    model: Model
    commit: str
    files: tuple[Remote, ...]
    base: Path
    place: Path

    @property
    def half(self) -> Path:
        """Of this commit alone: files of two commits make no model."""
        return self.base / HALF / self.model.repo / self.commit

    @property
    def total_bytes(self) -> int:
        return sum(one.size_bytes for one in self.files)

    def here_bytes(self) -> int:
        """What a former fetch left."""
        return sum(hub.size_bytes(path) for path in self.half.rglob("*") if path.is_file())


def fetch(model: Model, *, told: Told = lambda here, total: None) -> Path:
    """Bring the weights here and say where they are; what a broken fetch left is gone on with.

    The hub's address is `$HF_ENDPOINT`, where there is another. Raises `Usage` for a model that cannot be fetched,
    `ClapperError` when the hub gives nothing or the disk is too small.
    """
    if found := weights.find(model):
        return found
    if reason := refusal(model):
        raise Usage(reason)
    wanted = _wanted(model)
    _must_fit(wanted)
    for one in wanted.files:
        if not (wanted.half / one.name).is_file():
            _bring(wanted, one, told)
    told(wanted.total_bytes, wanted.total_bytes)
    return _put_in_place(wanted)


def refusal(model: Model) -> str | None:
    """Why a model cannot be fetched, in a sentence; None when it can."""
    if model.hosted:
        return f"the weights of {model.name} are not published; it is asked through a server, see CLAPPER_SERVER"
    if model.file:
        return f"{model.name} is not published as safetensors, so it is not fetched; {weights.advice(model)}"
    if not HUB_ID.fullmatch(model.repo):
        return f"there is no model {model.name!r}; `app.py models` lists those by name, any other is ORG/NAME"
    if model.remote_code and not weights.allowed_commits(model):
        return (
            f"{model.name} needs code of its own, which is not fetched unless its commit is allowed by name; "
            f"set {weights.ALLOWED} to {model.repo}@COMMIT if you trust it"
        )
    return None


def locked() -> dict[str, str]:
    """Commits by hub id that were fetched first. Raises `Usage` for a file that cannot be read."""
    file = catalogue.folder() / LOCK
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(repo): str(commit) for repo, commit in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError):
        raise Usage(f"{file} cannot be read as hub ids with their commits; mend it or move it away") from None


def _wanted(model: Model) -> Fetch:
    """A model goes to the models folder; one that brings code to the hub's cache, because code runs from a commit alone."""
    allowed = weights.allowed_commits(model) if model.remote_code else []
    commit, files = _listed(model, model.revision or next(iter(allowed), None) or locked().get(model.repo))
    if allowed and commit not in allowed:
        raise Usage(f"{model.name} is kept to the commit {commit}, which is not the one that {weights.ALLOWED} names")
    base = weights.cache() if allowed else catalogue.folder()
    place = weights.snapshot(model.repo, commit) if allowed else base / model.repo
    if place.exists():
        raise Usage(
            f"{place} is there without a whole model in it; complete it or move it away, then fetch {model.name} again"
        )
    patterns = (*PATTERNS, CODE) if allowed else PATTERNS
    taken = {
        *lacking.read_by_name(one.name for one in files),
        *(one.name for one in files if _is_beside(one.name, patterns)),
    }
    return Fetch(model, commit, tuple(one for one in files if one.name in taken), base, place)


def _listed(model: Model, revision: str | None) -> tuple[str, list[Remote]]:
    """The commit, the newest where none is given, and the files of it."""
    try:
        commit, files = hub.listed(model.repo, revision)
    except Exception as error:
        raise _said(model, error) from None
    if commit is None or not weights.COMMIT.fullmatch(commit):
        raise ClapperError(f"{model.repo} was not fetched: the hub names no commit of it; copy it by hand")
    names = [one.name for one in files]
    if "config.json" not in names or not lacking.read_by_name(names):
        raise Usage(
            f"{model.repo} was not fetched: it has no config.json, or no weights as safetensors or pytorch_model.bin; "
            "choose another form of it"
        )
    return commit, files


def _is_beside(name: str, patterns: Sequence[str]) -> bool:
    return ".." not in Path(name).parts and not Path(name).is_absolute() and any(fnmatch(name, one) for one in patterns)


def _must_fit(wanted: Fetch) -> None:
    """Half a model on a full disk helps nobody, so it is not begun."""
    there = next(path for path in (wanted.half, *wanted.half.parents) if path.exists())
    needed, free = wanted.total_bytes - wanted.here_bytes(), shutil.disk_usage(there).free
    if needed + SPARE_BYTES > free:
        raise ClapperError(
            f"{wanted.model.repo} needs {needed / GIB:.1f} GiB below {wanted.base} and {free / GIB:.1f} are free; make "
            "room, or let CLAPPER_MODELS name a folder on another disk"
        )


def _bring(wanted: Fetch, one: Remote, told: Told) -> None:
    here, total = wanted.here_bytes(), wanted.total_bytes

    def step(came: int) -> None:
        nonlocal here
        here += came
        told(here, total)

    try:
        hub.pull(wanted.model.repo, wanted.commit, one, wanted.half / one.name, told=step)
    except Cancelled:
        raise
    except Exception as error:
        raise _said(wanted.model, error) from None


def _put_in_place(wanted: Fetch) -> Path:
    """All at once, and its commit is noted before, so that no model is here whose commit nobody knows."""
    _lock(wanted.model, wanted.commit)
    wanted.place.parent.mkdir(parents=True, exist_ok=True)
    wanted.half.rename(wanted.place)
    shutil.rmtree(wanted.half.parent, ignore_errors=True)  # of commits that were begun and never ended
    return wanted.place


def _lock(model: Model, commit: str) -> None:
    lines = json.dumps({**locked(), model.repo: commit}, indent=2, sort_keys=True)
    files.write_whole(catalogue.folder() / LOCK, f"{lines}\n".encode())


def _said(model: Model, error: Exception) -> ClapperError:
    """Why nothing came, and what to do, in a sentence."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    match error:
        case GatedRepoError():
            why = "its publisher wants to be asked first; accept the licence on its page and set HF_TOKEN"
        case RepositoryNotFoundError():
            why = "the hub knows no such model, or not for you; look at the name"
        case RevisionNotFoundError():
            why = "the hub has lost the commit it is kept to; take its line out of models.lock to fetch the newest"
        case ValueError():
            why = f"{error}; fetch it again, and it goes on where it was"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            why = "the disk is full; make room, then fetch it again, and it goes on where it was"
        case OSError() if not isinstance(error, HfHubHTTPError):
            why = f"it cannot be written ({error}); see to the folder, then fetch it again"
        case _:
            why = f"the hub cannot be reached ({type(error).__name__}); without a network, {weights.advice(model)}"
    return ClapperError(f"{model.repo} was not fetched: {why}")

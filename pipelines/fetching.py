"""Weights from the Hugging Face hub into the models folder, when a person asks for them; a job never fetches any.

A model whose catalogue entry names no commit is kept to the one that was fetched first: `models.lock` in the models folder,
hub ids with their commits as JSON.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

from pipelines import catalogue, files, weights
from pipelines.catalogue import Model
from pipelines.errors import ClapperError, Usage

PATTERNS = ("*.safetensors", "*.json", "*.jinja", "*.txt")
"""Nothing that could run: no pickle, no Python."""
LOCK = "models.lock"
HALF = ".fetching"
"""Where files lie below the models folder until all of them are there, so that nobody takes half a model for one."""
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def fetch(model: Model) -> Path:
    """Bring the weights here and say where they are; what a broken fetch left is gone on with.

    The hub's address is `$HF_ENDPOINT`, where there is another. Raises `Usage` for a model that cannot be fetched,
    `ClapperError` when the hub gives nothing.
    """
    if found := weights.find(model):
        return found
    _must_be_fetchable(model)
    half, place = (folder / model.repo for folder in (catalogue.folder() / HALF, catalogue.folder()))
    if place.exists():
        raise Usage(f"{place} is there without a whole model in it; move it away, then fetch {model.name} again")
    commit, names = _listed(model, model.revision or locked().get(model.repo))
    _download(model, commit, half)
    _must_be_whole(model, half, names)
    _lock(model, commit)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(half / ".cache", ignore_errors=True)  # the client's own notes
    half.rename(place)
    return place


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


def _must_be_fetchable(model: Model) -> None:
    if model.hosted:
        raise Usage(f"the weights of {model.name} are not published; it is asked through a server, see CLAPPER_SERVER")
    if model.file:
        raise Usage(f"{model.name} is not published as safetensors, so it is not fetched; {weights.advice(model)}")
    if not HUB_ID.fullmatch(model.repo):
        raise Usage(f"there is no model {model.name!r}; `app.py models` lists those by name, any other is ORG/NAME")


def _listed(model: Model, revision: str | None) -> tuple[str, list[str]]:
    """The commit, the newest where none is given, and the files to take of it."""
    from huggingface_hub import HfApi

    try:
        info = HfApi(endpoint=_hub()).model_info(model.repo, revision=revision)
    except Exception as error:
        raise _said(model, error) from None
    if info.sha is None or not weights.COMMIT.fullmatch(info.sha):
        raise ClapperError(f"{model.repo} was not fetched: the hub names no commit of it; copy it by hand")
    names = [one.rfilename for one in info.siblings or () if any(fnmatch(one.rfilename, pattern) for pattern in PATTERNS)]
    if "config.json" not in names or not any(name.endswith(".safetensors") for name in names):
        raise Usage(
            f"{model.repo} was not fetched: it has no config.json, or no weights as safetensors; choose another form of it"
        )
    return info.sha, names


def _download(model: Model, commit: str, half: Path) -> None:
    from huggingface_hub import snapshot_download

    try:
        snapshot_download(
            model.repo, revision=commit, local_dir=half, allow_patterns=list(PATTERNS), endpoint=_hub(), max_workers=4
        )
    except Exception as error:
        raise _said(model, error) from None


def _must_be_whole(model: Model, half: Path, names: list[str]) -> None:
    """When the line breaks, the hub's client gives back what lies in the folder already, without a word."""
    if missing := [name for name in names if not (half / name).is_file()]:
        raise ClapperError(f"{model.repo} came without {missing[0]}; fetch it again, and it goes on where it was")


def _lock(model: Model, commit: str) -> None:
    lines = json.dumps({**locked(), model.repo: commit}, indent=2, sort_keys=True)
    files.write_whole(catalogue.folder() / LOCK, f"{lines}\n".encode())


def _hub() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _said(model: Model, error: Exception) -> ClapperError:
    """Why nothing came, and what to do, in a sentence."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    match error:
        case GatedRepoError():
            why = "its publisher wants to be asked first; accept the licence on its page and set HF_TOKEN"
        case RepositoryNotFoundError():
            why = "the hub knows no such model, or not for you; look at the name"
        case RevisionNotFoundError():
            why = "the hub has lost the commit it is kept to; take its line out of models.lock to fetch the newest"
        case _:
            why = f"the hub cannot be reached ({type(error).__name__}); without a network, {weights.advice(model)}"
    return ClapperError(f"{model.repo} was not fetched: {why}")

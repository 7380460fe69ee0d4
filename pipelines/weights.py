"""Where the weights of a model lie on this machine. Nothing is fetched here: a job never waits for a download.

Looked for, in this order: the path itself, `ORG/NAME` below the models folder (`$CLAPPER_MODELS`), the Hugging Face cache.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

from pipelines import catalogue, lacking
from pipelines.catalogue import Model
from pipelines.errors import Fatal

ALLOWED = "CLAPPER_ALLOW_CODE"
"""Variable that names repositories whose own code may run: `ORG/NAME@COMMIT`, several with spaces between them."""
PACKAGES = ("torch", "torchvision", "transformers", "safetensors")
COMMIT = re.compile(r"[0-9a-f]{40}")


def not_installed() -> list[str]:
    """Packages that run networks and are not here."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def must_be_installed() -> None:
    """Raises `Fatal` when what runs networks is not here."""
    if missing := not_installed():
        raise Fatal(f"this needs {' and '.join(missing)}, not installed here; run `make models`")


def find(model: Model) -> Path | None:
    """The folder with all that a network needs; None when it is not here, or only a part of it."""
    if model.file:
        found = side_file(model.repo, both_formats(model.file))
        return found and found.parent
    return next((place for place in _places(model) if not lacking.lacking(place)), None)


def place(model: Model) -> Path:
    """As `find`; raises `Fatal` saying what belongs where."""
    found = find(model)
    if found is None:
        raise Fatal(f"the weights of {model.name} are not here; {advice(model)}")
    return found


def size_bytes(model: Model) -> int:
    """Of the weights on disk, in the bits in which they are held; 0 when they are not here."""
    place = find(model)
    names = [] if place is None else list(both_formats(model.file)) if model.file else lacking.shards(place)
    sizes = (place / name for name in names) if place else ()
    return sum(path.stat().st_size for path in sizes if path.is_file()) * model.bits // 16


def advice(model: Model) -> str:
    """What brings the weights here, as the end of a sentence; of a folder that holds a part of them, what it lacks."""
    folder = catalogue.folder() / model.repo
    commit = f" at {model.revision[:12]}" if model.revision else ""
    if not model.file and (part := next(_places(model), None)):
        said = lacking.sentence(part, lacking.lacking(part))
        return f"{said}; copy that there from {model.repo}{commit} on the Hugging Face hub"
    what = model.file if model.file else "all files (json, jinja, txt, safetensors or else pytorch_model.bin)"
    return f"put {what} of {model.repo}{commit} from the Hugging Face hub into {folder}"


def side_file(repo: str, names: tuple[str, ...]) -> Path | None:
    """A single file that lies below the models folder, the first of `names` that is there."""
    places = (catalogue.folder() / repo / name for name in names)
    return next((path for path in places if path.is_file()), None)


def both_formats(name: str) -> tuple[str, str]:
    """A file's name as safetensors, and as published."""
    return str(Path(name).with_suffix(".safetensors")), name


def code_allowed(model: Model, found: Path) -> bool:
    """Whether the operator allowed the repository's own code, at exactly the commit that lies in the cache.

    A folder that people filled by hand has no commit, so its code never runs.
    """
    return found.parent.name == "snapshots" and found.name in allowed_commits(model)


def allowed_commits(model: Model) -> list[str]:
    """Commits of the repository whose own code may run, as the operator named them."""
    named = (word.rpartition("@") for word in os.environ.get(ALLOWED, "").split())
    return [commit for repo, _, commit in named if repo == model.repo and COMMIT.fullmatch(commit)]


def cache() -> Path:
    """Of the hub's own client."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def snapshot(repo: str, commit: str) -> Path:
    """Where a commit of a repository lies in the cache."""
    return cache() / f"models--{repo.replace('/', '--')}" / "snapshots" / commit


def _places(model: Model) -> Iterator[Path]:
    """Where at least a part of a model lies, in the order in which they count."""
    if place := catalogue.local(model):
        yield place
    allowed = allowed_commits(model) if model.remote_code else []
    revisions = [model.revision] if model.revision else [*allowed, ""]
    yield from filter(None, (_cached(model, revision) for revision in revisions))


def _cached(model: Model, revision: str) -> Path | None:
    """A snapshot in the Hugging Face cache, of the newest commit that was fetched where none is named."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        file = try_to_load_from_cache(model.repo, "config.json", cache_dir=cache(), revision=revision or None)
    except HFValidationError:  # a path, or a name that cannot be on the hub
        return None
    return Path(file).parent if isinstance(file, str) else None

"""Where the weights of a model lie on this machine. Nothing is fetched here: a job never waits for a download.

Looked for, in this order: the path itself, `ORG/NAME` below the models folder (`$CLAPPER_MODELS`), the Hugging Face cache.
"""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

from pipelines import catalogue
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
    """The folder with a model's `config.json` and what belongs to it; None when it is not here."""
    if model.file:
        found = side_file(model.repo, both_formats(model.file))
        return found and found.parent
    return catalogue.local(model) or _cached(model)


def place(model: Model) -> Path:
    """As `find`; raises `Fatal` saying what belongs where."""
    found = find(model)
    if found is None:
        raise Fatal(f"the weights of {model.name} are not here; {advice(model)}")
    return found


def advice(model: Model) -> str:
    """What brings the weights here, as the end of a sentence."""
    folder = catalogue.folder() / model.repo
    commit = f" at {model.revision[:12]}" if model.revision else ""
    what = model.file if model.file else "all files (json, jinja, txt, safetensors)"
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
    commit = found.name
    allowed = os.environ.get(ALLOWED, "").split()
    return found.parent.name == "snapshots" and bool(COMMIT.fullmatch(commit)) and f"{model.repo}@{commit}" in allowed


def _cached(model: Model) -> Path | None:
    """A snapshot in the Hugging Face cache, of the pinned commit where there is one."""
    from huggingface_hub import constants, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        file = try_to_load_from_cache(
            model.repo, "config.json", cache_dir=constants.HF_HUB_CACHE, revision=model.revision or None
        )
    except HFValidationError:  # a path, or a name that cannot be on the hub
        return None
    return Path(file).parent if isinstance(file, str) else None

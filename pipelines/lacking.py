"""What a folder of weights lacks: somebody is still copying, or a copy broke off, and half a network is none.

Looks at names and at the head of each file, never at the weights themselves.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
"""One of them is enough; the first is what is asked for."""
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
SHARD = re.compile(r"(?P<stem>.+)-\d{5}-of-(?P<count>\d{5})\.safetensors")
PICKLED = "pytorch_model.bin"
"""What publishers had before there was safetensors, and some have nothing else; only numbers are read from it."""
ZIP = b"PK"
SEEING = ("vision_config", "video_config")
"""What the config of a network has that is shown pictures."""
LENGTH_BYTES = 8
MOST_HEADER_BYTES = 100 << 20
"""As safetensors itself allows."""


def lacking(folder: Path) -> list[str]:
    """Names of files that are not there, or not whole; empty for a folder that has all a network needs."""
    config = _json(folder / CONFIG)
    if config is None:
        return [CONFIG]
    return [*_tokenizer(folder, config), *_weights(folder)]


def shards(folder: Path) -> list[str]:
    """The files that hold the weights: those the index names, else those that the numbers in their names tell of."""
    index = _json(folder / INDEX)
    if index is not None:
        return sorted(set(index.get("weight_map", {}).values()))
    found = read_by_name(path.name for path in folder.glob("*"))
    if any(SHARD.fullmatch(name) for name in found):
        return [INDEX, *found]
    return found or ["model.safetensors"]


def read_by_name(names: Iterable[str]) -> list[str]:
    """Of the files of a repository those with the weights that are loaded: at its top; where some are named model…, these.
    Some publishers lay the same weights beside them once more, as consolidated.safetensors or in a folder."""
    top = sorted(name for name in names if "/" not in name)
    found = [name for name in top if name.endswith(".safetensors")]
    return [name for name in found if name.startswith("model")] or found or [name for name in top if name == PICKLED]


def sentence(folder: Path, names: list[str], *, most: int = 4) -> str:
    """What lacks, in words."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{folder} lacks {', '.join(names[:most])}{more}"


def _tokenizer(folder: Path, config: dict[str, Any]) -> Iterator[str]:
    """What makes numbers of words and, for those that see, of pictures; code of its own may do without the latter."""
    wanted: list[tuple[str, ...]] = [TOKENIZERS]
    if "auto_map" not in config and any(name in config for name in SEEING):
        wanted.append(PROCESSORS)
    yield from (names[0] for names in wanted if not any((folder / name).is_file() for name in names))


def _weights(folder: Path) -> Iterator[str]:
    names = shards(folder)
    for name in names:
        path = folder / name
        if not path.is_file():
            yield name
        elif not _is_whole(path):
            yield f"the end of {name}"


def _is_whole(path: Path) -> bool:
    """Whether the file ends where its own head says: the head's length, the head as JSON, then all tensors."""
    if path.name == PICKLED:
        return _is_whole_zip(path)
    if path.suffix != ".safetensors":
        return True
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            head = json.loads(file.read(min(length, MOST_HEADER_BYTES)))
        end = max((entry["data_offsets"][1] for name, entry in head.items() if name != "__metadata__"), default=0)
        return bool(path.stat().st_size == LENGTH_BYTES + length + end)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return False


def _is_whole_zip(path: Path) -> bool:
    """Of what torch has written since 2020 the end tells what is in it; of older files nothing can be told."""
    with path.open("rb") as file:
        return file.read(len(ZIP)) != ZIP or zipfile.is_zipfile(path)


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None

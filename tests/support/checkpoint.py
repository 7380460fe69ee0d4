"""The files of a model, as small as they can be and whole: nothing loads them, but nothing lacks."""

from __future__ import annotations

import json
from pathlib import Path


def tensors(size_bytes: int = 16, name: str = "weight") -> bytes:
    """A safetensors file of one tensor of bytes."""
    head = json.dumps({name: {"dtype": "U8", "shape": [size_bytes], "data_offsets": [0, size_bytes]}}).encode()
    return len(head).to_bytes(8, "little") + head + bytes(size_bytes)


FILES = {"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": tensors(), "LICENCE.txt": b"free"}
SHARDS = {f"model-0000{number}-of-00002.safetensors": tensors(name=f"w{number}") for number in (1, 2)}
INDEX = json.dumps({"weight_map": {f"w{number + 1}": name for number, name in enumerate(SHARDS)}}).encode()


def put(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    """Write them into a folder that may not be there yet."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder

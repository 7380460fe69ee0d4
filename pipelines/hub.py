"""The Hugging Face hub: what a repository consists of, and its files, gone on with at the byte where they broke off.

The hub's own client begins a broken file anew, and weights come in files of many gigabytes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import sha256_of

PART = ".part"
CHUNK_BYTES = 1 << 16
SILENCE_S = 10.0
"""A line on which nothing comes for so long is broken."""
TRIES, PAUSE_S = 5, 1.0
"""How often a broken line is taken up again without a byte having come."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on the hub."""

    name: str
    size_bytes: int
    sha256: str
    """Empty for small files, which the hub keeps by another sum."""


def listed(repo: str, revision: str | None) -> tuple[str | None, list[Remote]]:
    """The commit of a revision, the newest where none is given, and its files. Raises what the hub's client raises."""
    from huggingface_hub import HfApi

    info = HfApi(endpoint=_address()).model_info(repo, revision=revision, files_metadata=True)
    return info.sha, [Remote(one.rfilename, one.size or 0, one.lfs.sha256 if one.lfs else "") for one in info.siblings or ()]


def pull(repo: str, commit: str, remote: Remote, dest: Path, *, told: Callable[[int], None]) -> None:
    """Bring one file; it has its name only when it is whole. `told` gets the bytes of each step, and may raise to stop.

    Raises `ValueError` for a file that came otherwise than the hub lists it, and what the hub's client raises.
    """
    from httpx2 import TransportError
    from huggingface_hub import hf_hub_url

    url, part = hf_hub_url(repo, remote.name, revision=commit, endpoint=_address()), dest.with_name(dest.name + PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    tries = 0
    while size_bytes(part) < remote.size_bytes or not part.exists():
        before = size_bytes(part)
        try:
            _go_on(url, part, told)
        except TransportError:
            tries = tries + 1 if size_bytes(part) == before else 1
            if tries >= TRIES:
                raise
            time.sleep(PAUSE_S)
        else:
            break
    _must_be_as_listed(remote, part)
    part.rename(dest)


def size_bytes(path: Path) -> int:
    """Of a file that may not be there."""
    return path.stat().st_size if path.exists() else 0


def _go_on(url: str, part: Path, told: Callable[[int], None]) -> None:
    """Take what is still to come; a server that knows no ranges sends all of it."""
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_stream_backoff  # type: ignore[attr-defined]

    here = size_bytes(part)
    wanted = {"Range": f"bytes={here}-"} if here else {}
    headers = {**build_hf_headers(), "Accept-Encoding": "identity", **wanted}
    with http_stream_backoff(
        "GET", url, headers=headers, timeout=SILENCE_S, retry_on_exceptions=(), retry_on_status_codes=429
    ) as answer:
        hf_raise_for_status(answer)
        goes_on = answer.status_code == 206
        told(0 if goes_on else -here)
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in answer.iter_raw(CHUNK_BYTES):
                file.write(chunk)
                told(len(chunk))


def _must_be_as_listed(remote: Remote, part: Path) -> None:
    """A file that is not is thrown away: nobody could go on with it."""
    if size_bytes(part) != remote.size_bytes or (remote.sha256 and sha256_of(part) != remote.sha256):
        part.unlink()
        raise ValueError(f"{remote.name} came damaged")


def _address() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None

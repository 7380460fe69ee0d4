"""One frozen `Settings`, read once from flags and environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.files import clip_folder as clip_folder

DATA_FOLDER = "clapper-data"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how the studio is reached."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 7860
    auth: bool = False
    """Accounts are required. Always so on any host but the loopback."""
    roots: tuple[Path, ...] = field(default_factory=tuple)
    """Folders that may be queued from the browser; the command line may queue anything it can read."""
    max_upload_mib: int = 2048
    remote_hosts: tuple[str, ...] = ()
    """Where videos may be fetched from: hosts, patterns, `s3://bucket`. Nowhere by default."""
    remote_mib: int = 4096
    """Of one fetched file."""
    remote_files: int = 1000
    """Fetched for one input of a run."""
    proxy_gib: float = 20.0
    """Room that the light copies for watching may take."""

    @property
    def database(self) -> Path:
        return self.data / "clapper.db"

    @property
    def clips(self) -> Path:
        """Contact sheets, posters and proxies, by clip key; everything here can be made again."""
        return self.data / "clips"

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"

    @property
    def fetched(self) -> Path:
        """Videos that were fetched from elsewhere."""
        return self.data / "fetched"

    @property
    def exports(self) -> Path:
        return self.data / "exports"


def remote_hosts(given: Sequence[str] | None = None) -> tuple[str, ...]:
    """Where videos may be fetched from: as given, else `CLAPPER_REMOTE_HOSTS`, names with commas between them."""
    names = given or os.environ.get("CLAPPER_REMOTE_HOSTS", "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def data_folder(given: Path | None = None) -> Path:
    """The data folder: as given, else `CLAPPER_DATA`, else `clapper-data` in the working directory."""
    return (given or Path(os.environ.get("CLAPPER_DATA") or DATA_FOLDER)).expanduser().absolute()

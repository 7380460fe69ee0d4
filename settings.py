"""One frozen `Settings`, read once from flags and environment."""

from __future__ import annotations

import os
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
    def exports(self) -> Path:
        return self.data / "exports"


def data_folder(given: Path | None = None) -> Path:
    """The data folder: as given, else `CLAPPER_DATA`, else `clapper-data` in the working directory."""
    return (given or Path(os.environ.get("CLAPPER_DATA") or DATA_FOLDER)).expanduser().absolute()

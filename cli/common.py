"""What commands share: the data folder option, opening the store, and who is asking."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from db.session import Store, open_store
from pipelines.errors import Usage
from settings import Settings, data_folder, remote_hosts

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder: database, pictures, exports. Default: $CLAPPER_DATA, else ./clapper-data."),
]

Workers = Annotated[int, typer.Option(min=0, max=64, help="Worker processes; 0: one a core, up to four.")]

RemoteHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--remote-host",
        help="Where videos may be fetched from: a host, *.a.host, s3://bucket; $CLAPPER_REMOTE_HOSTS. Repeatable.",
    ),
]


def settings_for(data: Path | None, hosts: Sequence[str] | None = None) -> Settings:
    return Settings(data=data_folder(data), remote_hosts=remote_hosts(hosts))


@contextmanager
def opened(settings: Settings, *, must_exist: bool = True) -> Iterator[Store]:
    """The store of a data folder. A command that only reads does not make an empty one by mistake."""
    if must_exist and not settings.database.exists():
        raise Usage(f"there is nothing in {settings.data} yet; run some videos first: python app.py run FOLDER")
    store = open_store(settings.database)
    try:
        yield store
    finally:
        store.close()


def me() -> str:
    """The person at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"

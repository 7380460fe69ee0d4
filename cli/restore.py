"""`app.py restore`: a backup becomes the library again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import Data, settings_for
from db.backup import restore


def register(app: typer.Typer) -> None:
    app.command(name="restore")(command)


def command(
    source: Annotated[Path, typer.Argument(help="Folder that `app.py backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Although a library is there; its database is kept under another name.")
    ] = False,
    data: Data = None,
) -> None:
    """Make a backup the library of the data folder. Refused where there is one, unless told to replace it."""
    settings = settings_for(data)
    found = restore(source.expanduser().absolute(), settings.data, replace=replace)
    typer.echo(f"{found.rows['clips']} clips and {found.rows['captions']} captions are in {settings.data}")
    if not found.clip_files:
        typer.echo("Pictures were not in it; run the same videos again to have them made.", err=True)

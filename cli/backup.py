"""`app.py backup`: a whole copy of the library while it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import Data, settings_for
from db.backup import backup
from pipelines.errors import Usage


def register(app: typer.Typer) -> None:
    app.command(name="backup")(command)


def command(
    dest: Annotated[Path, typer.Argument(help="Folder to write; a former backup there is replaced.")],
    clips: Annotated[bool, typer.Option("--clips", help="With sheets, posters and proxies, too.")] = False,
    data: Data = None,
) -> None:
    """Copy the library as it is at one moment, while people and workers go on, and read the copy back.

    Source videos are never copied. Sheets, posters and proxies can be made again, so they come only with --clips.
    """
    settings = settings_for(data)
    if not settings.database.exists():
        raise Usage(f"there is nothing in {settings.data} yet to back up")
    made = backup(settings.database, dest.expanduser().absolute(), clips=settings.clips if clips else None)
    typer.echo(f"{sum(made.rows.values())} rows of {len(made.rows)} tables in {dest}, read back and sound")

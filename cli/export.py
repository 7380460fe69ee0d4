"""`app.py export`: write a training set."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from cli.common import Data, me, opened, settings_for
from cli.crew import Crew
from db import exports
from db.exports import ExportView
from db.session import Store
from pipelines.errors import ClapperError, Usage
from pipelines.kinds import EXPORTERS

LOOK_S = 0.2


def register(app: typer.Typer) -> None:
    app.command(name="export")(command)


def command(
    dest: Annotated[Path, typer.Argument(help="Folder to write; a former export there is replaced.")],
    format_: Annotated[str, typer.Option("--format", help="Layout of the training set, for example easyanimate.")],
    which: Annotated[
        str, typer.Option(help="accepted (by a person), kept (also by rules), or all (not rejected).")
    ] = "accepted",
    data: Data = None,
) -> None:
    """Cut the clips exactly and write them with their captions. Complete or not there; the same again changes no byte."""
    options = EXPORTERS[format_]().model_dump(mode="json")
    settings = settings_for(data)
    with opened(settings) as store:
        with store.write() as session:
            if which in exports.WHICH and not exports.count(session, which):
                raise Usage(f"no clip with a caption is {which}; review some first, or export --which kept")
            export_id = exports.create(session, format=format_, options=options, which=which, dest=str(dest), by=me()).id
        with Crew(settings, count=1) as crew:
            ended = _wait_for(store, export_id, crew)
    if ended.state != "done":
        raise ClapperError(f"the export {ended.state}: {ended.error or 'no reason was given'}")
    typer.echo(f"{ended.written} pairs in {dest}")
    if ended.error:
        typer.echo(ended.error, err=True)


def _wait_for(store: Store, export_id: int, crew: Crew) -> ExportView:
    while True:
        crew.check()
        with store.read() as session:
            now = exports.view(session, export_id)
        if now.state in ("done", "failed", "cancelled"):
            return now
        time.sleep(LOOK_S)

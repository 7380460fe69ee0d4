"""`app.py export`: write a training set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.common import Data, me, opened, settings_for
from cli.crew import Crew
from db import exports
from db.exports import ExportView
from db.session import Store
from pipelines.errors import ClapperError, Usage
from pipelines.kinds import EXPORTERS, Exporter

LOOK_S = 0.2


def register(app: typer.Typer) -> None:
    app.command(name="export")(command)


def command(
    dest: Annotated[Path, typer.Argument(help="Folder to write; a former export there is replaced.")],
    format_: Annotated[str, typer.Option("--format", help="Layout of the training set, for example easyanimate.")],
    which: Annotated[
        str, typer.Option(help="accepted (by a person), accepted_lot (also by lot), kept (also by rules), or all.")
    ] = "accepted",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Change an option of the format, for example crf=20; repeatable."),
    ] = None,
    data: Data = None,
) -> None:
    """Cut the clips exactly and write them with their captions. Complete or not there; the same again changes no byte."""
    options = configured(format_, set_ or []).model_dump(mode="json")
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


def configured(name: str, sets: Sequence[str]) -> Exporter:
    """The exporter with these options. Raises `Usage` naming the option that does not fit."""
    options = dict(_parsed(name, text) for text in sets)
    try:
        return EXPORTERS[name].model_validate_strings(options)
    except ValidationError as error:
        problem = error.errors()[0]
        known = f"; known: {', '.join(EXPORTERS[name].model_fields)}" if problem["type"] == "extra_forbidden" else ""
        raise Usage(f"{name}.{'.'.join(map(str, problem['loc']))}: {problem['msg']}{known}") from None


def _parsed(name: str, text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field.strip():
        known = ", ".join(EXPORTERS[name].model_fields)
        raise Usage(f"--set {text!r}: write field=value, for example crf=20; the fields of {name} are {known}")
    return field.strip(), value.strip()


def _wait_for(store: Store, export_id: int, crew: Crew) -> ExportView:
    while True:
        crew.check()
        with store.read() as session:
            now = exports.view(session, export_id)
        if now.state in ("done", "failed", "cancelled"):
            return now
        time.sleep(LOOK_S)

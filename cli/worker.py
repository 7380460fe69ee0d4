"""`app.py worker`: work on what is queued."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from cli.common import Data, RemoteHosts, settings_for


def register(app: typer.Typer) -> None:
    app.command(name="worker")(command)


def command(
    data: Data = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is left to do.")] = False,
    remote_host: RemoteHosts = None,
    parent: Annotated[int | None, typer.Option("--parent", hidden=True)] = None,
) -> None:
    """Work on what is queued until Ctrl+C. Start as many as there are cores; any of them may be killed at any moment."""
    import worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    worker.main(settings_for(data, remote_host), until_idle=until_idle, parent=parent)

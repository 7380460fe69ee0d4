"""`app.py`: the studio, with a worker beside it."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.common import Data, RemoteHosts, opened, settings_for
from cli.crew import Crew, default_workers
from pipelines.errors import Usage
from settings import Settings


def register(app: typer.Typer) -> None:
    app.callback(invoke_without_command=True)(command)


def command(
    context: typer.Context,
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to serve on. Beyond this machine accounts are required.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    auth: Annotated[bool, typer.Option("--auth", help="Ask for accounts on this machine, too.")] = False,
    root: Annotated[
        list[Path] | None,
        typer.Option(help="Folder that may be queued from the browser; any by default. Repeatable."),
    ] = None,
    remote_host: RemoteHosts = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Keep workers running beside the studio.")] = True,
) -> None:
    """Clapper turns folders of raw video into reviewed video–caption pairs.

    Without a command it serves the studio and keeps workers running beside it.
    """
    if context.invoked_subcommand is None:
        roots = tuple(one.expanduser().absolute() for one in root or ())
        settings = replace(settings_for(data, remote_host), host=host, port=port, auth=auth, roots=roots)
        serve(settings, workers=default_workers() if worker else 0)


def serve(settings: Settings, *, workers: int) -> None:
    """Serve until Ctrl+C."""
    _must_be_free(settings)
    from studio.auth import refuse_public_without_accounts
    from studio.server import serve as serve_studio

    with opened(settings, must_exist=False) as store, ExitStack() as stack:
        refuse_public_without_accounts(settings, store)
        if workers:
            stack.enter_context(Crew(settings, count=workers))
        typer.echo(f"Clapper is at http://{settings.host}:{settings.port}/review  (Ctrl+C ends it)")
        serve_studio(settings, store)


def _must_be_free(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Usage(
                f"cannot serve on {settings.host}:{settings.port} ({error.strerror}); choose another --port"
            ) from None

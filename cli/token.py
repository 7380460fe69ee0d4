"""`app.py token`: keys for programs that use the studio's API."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.common import Data, opened, settings_for
from db import tokens

keys = typer.Typer(help="Keys for programs that use the studio's API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(keys, name="token")


@keys.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for, in a word.")],
    scope: Annotated[str, typer.Option(help="read, write or caption.")] = "read",
    user: Annotated[str | None, typer.Option(help="Account it belongs to; the one local user by default.")] = None,
    data: Data = None,
) -> None:
    """Make a token and print it, this once. Programs send it as `Authorization: Bearer TOKEN`."""
    with opened(settings_for(data), must_exist=False) as store, store.write() as session:
        typer.echo(tokens.add(session, name, scope=scope, user=user))


@keys.command(name="list")
def list_(data: Data = None) -> None:
    """Name, scope and account of every token."""
    with opened(settings_for(data)) as store, store.read() as session:
        for name, user, scope in tokens.names(session):
            typer.echo(f"{name}  {scope}  {user or 'local'}")


@keys.command()
def remove(name: Annotated[str, typer.Argument(help="As `token list` prints it.")], data: Data = None) -> None:
    """Make a token worthless."""
    with opened(settings_for(data)) as store, store.write() as session:
        tokens.remove(session, name)
    typer.echo(f"{name} opens nothing any more")

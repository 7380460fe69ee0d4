"""`app.py user`: accounts for a studio that others can reach."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.common import Data, opened, settings_for
from db import users

accounts = typer.Typer(help="Accounts for a studio that others can reach.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(accounts, name="user")


@accounts.command()
def add(
    name: Annotated[str, typer.Argument(help="How the person signs in.")],
    role: Annotated[str, typer.Option(help="viewer, reviewer, lead or admin.")] = "reviewer",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    data: Data = None,
) -> None:
    """Make an account; asks for the password."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened(settings_for(data), must_exist=False) as store, store.write() as session:
        users.add(session, name, password, role)
    typer.echo(f"{name} may sign in as {role}")


@accounts.command(name="list")
def list_(data: Data = None) -> None:
    """Names of all accounts."""
    with opened(settings_for(data)) as store, store.read() as session:
        for name in users.names(session):
            typer.echo(name)

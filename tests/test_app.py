"""The entry: each command under the name of its file, alone where it is asked for."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import typer

import app
import cli

MODULES = [found.name for found in pkgutil.iter_modules(cli.__path__)]
COMMANDS = [name for name in MODULES if name != app.SERVE and hasattr(importlib.import_module(f"cli.{name}"), "register")]


def names(wanted: str) -> list[str]:
    found = typer.main.get_command(app.build(wanted))
    return sorted(found.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_named_as_its_file(name: str) -> None:
    assert names(name) == [name]


@pytest.mark.parametrize("wanted", ["", "--help", "--data", "nothing"])
def test_whatever_else_is_wanted_all_are_there(wanted: str) -> None:
    assert names(wanted) == sorted(COMMANDS)

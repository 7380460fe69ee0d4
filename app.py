"""Clapper's one entry: `python app.py` serves the studio; `python app.py --help` lists the rest."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer

import cli
from pipelines.errors import ClapperError, Usage

SERVE = "serve"
"""What is run where no command is named."""


def build(wanted: str = "") -> typer.Typer:
    """All commands found in `cli/`; where one is wanted by its name, that one alone: the others need not be loaded."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    names = [found.name for found in pkgutil.iter_modules(cli.__path__)]
    for name in (SERVE, wanted) if wanted in names else names:
        module = importlib.import_module(f"cli.{name}")
        if hasattr(module, "register"):
            module.register(app)
    return app


def main() -> int:
    """Run a command; an error is one sentence, never a traceback. 2 for wrong use, 1 for what went wrong."""
    try:
        build(*sys.argv[1:2])()  # ends with SystemExit, with 2 for an option that does not fit
    except ClapperError as error:
        print(f"clapper: {error}", file=sys.stderr)
        return 2 if isinstance(error, Usage) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

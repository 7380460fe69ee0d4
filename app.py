"""Clapper's one entry: `python app.py` serves the studio; `python app.py --help` lists the rest."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer

import cli
from pipelines.errors import ClapperError, Usage


def build() -> typer.Typer:
    """All commands found in `cli/`."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    for found in pkgutil.iter_modules(cli.__path__, "cli."):
        module = importlib.import_module(found.name)
        if hasattr(module, "register"):
            module.register(app)
    return app


def main() -> int:
    """Run a command; an error is one sentence, never a traceback. 2 for wrong use, 1 for what went wrong."""
    try:
        build()()  # ends with SystemExit, with 2 for an option that does not fit
    except ClapperError as error:
        print(f"clapper: {error}", file=sys.stderr)
        return 2 if isinstance(error, Usage) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

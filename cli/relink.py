"""`app.py relink`: a folder of videos moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from typing import Annotated

import typer

from cli.common import Data, opened, settings_for
from db import relink
from pipelines.errors import Usage
from pipelines.ingest import shown
from pipelines.relocate import Lost, Match, relocate

SHOWN = 50
AT_ONCE = 200
"""Names that are stored in one transaction."""


def register(app: typer.Typer) -> None:
    app.command(name="relink")(command)


def command(
    old: Annotated[str, typer.Argument(help="Where the folder (or one video) was.")],
    new: Annotated[str, typer.Argument(help="Where it is now.")],
    data: Data = None,
) -> None:
    """Tell Clapper that a folder of videos moved; captions, scores and decisions stay with their videos.

    A file at the same place below the new folder, of the same size and time, is believed; any other is known by its content,
    whatever it is called now. Ends with 3 when some are missing.
    """
    if not os.path.lexists(new):
        raise Usage(f"there is no {new!r}; name the place where the videos are now")
    with opened(settings_for(data)) as store:
        with store.read() as session:
            lost = relink.below(session, _absolute(old), _absolute(new))
        answers: list[Match | Lost] = []
        found = relocate(lost, _absolute(new))
        while chunk := list(islice(found, AT_ONCE)):
            with store.write() as session:
                relink.move(session, [one for one in chunk if isinstance(one, Match)])
            answers += chunk
    _tell(answers, new)


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - a path stays text


def _tell(answers: Sequence[Match | Lost], new: str) -> None:
    matches = [one for one in answers if isinstance(one, Match)]
    missing = [one for one in answers if isinstance(one, Lost)]
    for one in missing[:SHOWN]:
        typer.echo(f"missing: {shown(one.path)} is nowhere in {shown(new)}", err=True)
    if len(missing) > SHOWN:
        typer.echo(f"… and {len(missing) - SHOWN} more", err=True)
    hashed = sum(one.by_content for one in matches)
    typer.echo(f"{len(matches)} found ({hashed} by their content), {len(missing)} missing")
    raise typer.Exit(3 if missing else 0)

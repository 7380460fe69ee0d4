"""`app.py import`: what others knew already comes along, be it in a list or in another library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from cli.common import Data, RemoteHosts, Workers, opened, settings_for
from cli.crew import default_workers
from cli.run import queue_and_wait
from db import arrivals, imports, runs
from db.arrivals import Arrived
from db.runs import Input
from db.session import Store
from pipelines import recipe
from pipelines.imports import AUTO, IMPORTERS, TABLES, source

FORMATS = ", ".join(name for name, _ in IMPORTERS)
SHOWN = 50


def register(app: typer.Typer) -> None:
    app.command(name="import")(command)


def command(
    path: Annotated[
        str, typer.Argument(help="A list, a folder of clips with captions, a `jsonl` export, or another clapper.db.")
    ],
    format_: Annotated[str, typer.Option("--format", help=f"{FORMATS}; by default the one that fits.")] = AUTO,
    root: Annotated[str | None, typer.Option(help="Folder that a list's paths are relative to; its own by default.")] = None,
    column: Annotated[str, typer.Option(help="Column that holds the path.")] = "path",
    caption_column: Annotated[str, typer.Option(help="Column that holds the caption; the usual names by default.")] = "",
    score: Annotated[list[str] | None, typer.Option(help="Column to take over as a score of that name; repeatable.")] = None,
    recipe_name: Annotated[str, typer.Option("--recipe", help="What else is to be done with the clips.")] = "as-is",
    set_: Annotated[list[str] | None, typer.Option("--set", help="stage.field=value, as for run; repeatable.")] = None,
    remote_host: RemoteHosts = None,
    workers: Workers = 0,
    data: Data = None,
) -> None:
    """Take over lists and folders of others: clips as they were cut, their captions and scores.

    Another Clapper's database or `jsonl` export is merged by the content of videos and the times of clips, decisions and
    history included. From any other list, captions come in with the author `import` and never replace a person's words or
    decision; scores never replace what was measured here. Time codes become clips without searching for cuts. The same
    again changes nothing. Ends like `run`.
    """
    settings, scores = settings_for(data, remote_host), tuple(score or ())
    chosen = recipe.load(recipe_name, set_ or ())
    if format_ != AUTO:
        IMPORTERS[format_]
    with opened(settings, must_exist=False) as store:
        arrived = arrivals.arrive(store, Path(path), clips=settings.clips) if format_ == AUTO else None
        if arrived is None:
            source(path)
            wanted = Input(path, root, column, take=format_, caption_column=caption_column, score_columns=scores)
        else:
            _tell(arrived)
            wanted = Input(str(settings.data / "imports" / f"pictures-{time.time_ns()}.jsonl"), take=TABLES)
            if not arrivals.list_unseen(store, arrived.keys, clips=settings.clips, dest=Path(wanted.path), root=root):
                raise typer.Exit(3 if arrived.problems else 0)
            typer.echo("Making pictures of clips whose videos are here:", err=True)
        code = queue_and_wait(store, settings, chosen, [wanted], workers=workers or default_workers())
        lost = _without_clip(store)
    raise typer.Exit(code or (3 if lost or (arrived and arrived.problems) else 0))


def _tell(arrived: Arrived) -> None:
    for problem in arrived.problems[:SHOWN]:
        typer.echo(f"failed: {problem.reason}", err=True)
    merged = arrived.merged
    new = f"{merged.clips} of them new, {merged.captions} new captions, {merged.decisions} new decisions"
    typer.echo(f"{len(arrived.keys)} clips, {new}")
    if merged.kept_ours:
        typer.echo(f"{merged.kept_ours} were decided on here later; theirs are in the history", err=True)


def _without_clip(store: Store) -> list[str]:
    """Stretches of the latest run's list that became no clip; each is said."""
    with store.read() as session:
        (last, *_) = runs.recent(session, 1)
        lost = imports.unmatched(session, last.id)
    for words in lost:
        typer.echo(f"no clip: {words}: {imports.NO_FRAMES}", err=True)
    return lost

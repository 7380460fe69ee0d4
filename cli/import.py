"""`app.py import`: what others knew already comes along."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.common import Data, opened, settings_for
from cli.run import default_workers, queue_and_wait
from db import imports, runs
from db.runs import Input
from pipelines import recipe
from pipelines.imports import AUTO, IMPORTERS, source

FORMATS = ", ".join(name for name, _ in IMPORTERS)


def register(app: typer.Typer) -> None:
    app.command(name="import")(command)


def command(
    path: Annotated[str, typer.Argument(help="A list (txt, csv, jsonl, json, parquet) or a folder of clips with captions.")],
    format_: Annotated[str, typer.Option("--format", help=f"{FORMATS}; by default the one that fits.")] = AUTO,
    root: Annotated[str | None, typer.Option(help="Folder that a list's paths are relative to; its own by default.")] = None,
    column: Annotated[str, typer.Option(help="Column that holds the path.")] = "path",
    caption_column: Annotated[str, typer.Option(help="Column that holds the caption; the usual names by default.")] = "",
    score: Annotated[list[str] | None, typer.Option(help="Column to take over as a score of that name; repeatable.")] = None,
    recipe_name: Annotated[str, typer.Option("--recipe", help="What else is to be done with the clips.")] = "as-is",
    set_: Annotated[list[str] | None, typer.Option("--set", help="stage.field=value, as for run; repeatable.")] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Worker processes; 0: one a core, up to four.")] = 0,
    data: Data = None,
) -> None:
    """Take over lists and folders of others: clips as they were cut, their captions and scores.

    Captions come in with the author `import` and never replace a person's words or decision; scores never replace what was
    measured here. Time codes become clips without searching for cuts. The same again changes nothing. Ends like `run`.
    """
    settings, scores = settings_for(data), tuple(score or ())
    chosen = recipe.load(recipe_name, set_ or ())
    if format_ != AUTO:
        IMPORTERS[format_]
    source(path)
    wanted = Input(path, root, column, take=format_, caption_column=caption_column, score_columns=scores)
    with opened(settings, must_exist=False) as store:
        code = queue_and_wait(store, settings, chosen, [wanted], workers=workers or default_workers())
        with store.read() as session:
            (last, *_) = runs.recent(session, 1)
            lost = imports.unmatched(session, last.id)
    for words in lost:
        typer.echo(f"no clip: {words}: there are no frames at these times", err=True)
    raise typer.Exit(code or (3 if lost else 0))

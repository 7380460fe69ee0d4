"""`app.py rerun`: caption clips again with another method, model or prompt."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cli.common import Data, Workers, me, opened, settings_for
from cli.crew import Crew, default_workers
from cli.waiting import wait_for
from db import clips, failures, reruns, runs
from db.filters import parse_where
from pipelines import methods


def register(app: typer.Typer) -> None:
    app.command(name="rerun")(command)


def command(
    method: Annotated[str, typer.Option(help="A captioner, rewriter or aligner by name.")] = "video",
    where: Annotated[list[str] | None, typer.Option(help="Which clips, as for `clips`. Repeatable; all must hold.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="method.field=value. Repeatable.")] = None,
    adopts: Annotated[bool, typer.Option(help="The new captions come into force where nobody has decided.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be asked and what it would take.")] = False,
    data: Data = None,
    workers: Workers = 0,
) -> None:
    """Write further captions for clips that are there, and wait until they are done.

    What a method has already written with the same settings costs nothing. Ends with 3 when some clips failed.
    """
    settings, recipe = settings_for(data), methods.recipe_of(method, set_ or ())
    with opened(settings) as store:
        with store.read() as session:
            wanted = parse_where(where or [], scores=clips.score_names(session), facts=clips.fact_names(session))
            ids = clips.ids(session, wanted)
            if dry and ids:
                typer.echo(json.dumps(asdict(reruns.estimate(session, recipe, ids, clips=settings.clips))))
                if methods.asks(recipe):
                    typer.echo(reruns.question(session, recipe, ids[0], clips=settings.clips).text)
        if dry:
            raise typer.Exit(0)
        with store.write() as session:
            run_id = runs.create_on_clips(session, recipe, ids, by=me(), adopts=adopts).id
        with Crew(settings, count=workers or default_workers()) as crew:
            ended = wait_for(store, run_id, crew)
        with store.read() as session:
            failed = failures.listed(session, run_id)
    for failure in failed:
        typer.echo(f"failed: {failure.label}: {failure.reason}", err=True)
    typer.echo(f"{len(ids)} clips, {len(failed)} failed")
    raise typer.Exit(3 if ended.counts.failed else 0)

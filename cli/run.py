"""`app.py run`: queue folders, videos or lists, and wait until they are done."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from cli.common import Data, RemoteHosts, Workers, me, opened, settings_for
from cli.crew import Crew, default_workers
from cli.waiting import clock, wait_for
from db import failures, progress, runs
from db.runs import Input
from db.session import Store
from pipelines import recipe
from pipelines.errors import Usage
from pipelines.ingest import is_url
from settings import Settings

SHOWN = 50
"""Failures that are printed one by one."""


def register(app: typer.Typer) -> None:
    app.command(name="run")(command)


def command(
    paths: Annotated[list[str], typer.Argument(help="Folders, videos, or txt / csv / jsonl / json / parquet lists")],
    recipe_name: Annotated[
        str, typer.Option("--recipe", help="A recipe's name, or a .yaml file of your own.")
    ] = "quickstart",
    data: Data = None,
    workers: Workers = 0,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="stage.field=value, for example scan.max_s=8 or rules.motion.low=0.01. Repeatable."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Each file is one clip, as it is: for clips that are cut already.")
    ] = False,
    root: Annotated[str | None, typer.Option(help="Folder that a list's paths are relative to; its own by default.")] = None,
    column: Annotated[str, typer.Option(help="Column that holds the path in a csv, jsonl, json or parquet list.")] = "path",
    remote_host: RemoteHosts = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object on the last line.")] = False,
) -> None:
    """Queue folders, videos or lists, and wait with a progress bar.

    Ends with 0 when every item ended, 3 when some failed (each is named with its reason), 2 for wrong use.
    Running the same again costs nothing: what was computed with the same settings is kept.
    """
    settings = settings_for(data, remote_host)
    chosen = recipe.load(recipe_name, [*(set_ or ()), *(["scan.whole=true"] if whole else [])])
    inputs = [_existing(path, root=root, column=column) for path in paths]
    with opened(settings, must_exist=False) as store:
        raise typer.Exit(
            queue_and_wait(store, settings, chosen, inputs, workers=workers or default_workers(), as_json=as_json)
        )


def queue_and_wait(
    store: Store, settings: Settings, chosen: recipe.Recipe, inputs: list[Input], *, workers: int, as_json: bool = False
) -> int:
    """Queue a run, work on it until it ends, tell what came out; the exit code."""
    with store.write() as session:
        run_id = runs.create(session, chosen, inputs=inputs, by=me()).id
    with Crew(settings, count=workers) as crew:
        try:
            ended = wait_for(store, run_id, crew)
        except KeyboardInterrupt:
            typer.echo(f"Stopped waiting; run {run_id} goes on with the next worker (python app.py worker).", err=True)
            return 130
    with store.read() as session:
        failed = failures.listed(session, run_id, limit=SHOWN)
    _tell(ended, failed, as_json=as_json)
    return 3 if ended.counts.failed else 0


def _existing(path: str, *, root: str | None, column: str) -> Input:
    if not is_url(path) and not os.path.lexists(path):
        raise Usage(f"{path!r} does not exist; name a folder, a video or a list")
    return Input(str(path), root, column)


def _tell(ended: progress.Progress, failed: list[failures.Failure], *, as_json: bool) -> None:
    counts = ended.counts
    for failure in failed:
        typer.echo(f"failed: {failure.label}: {failure.reason}", err=True)
    if counts.failed > len(failed):
        typer.echo(f"… and {counts.failed - len(failed)} more; the Queue page lists them all", err=True)
    typer.echo(
        f"{counts.videos} videos, {counts.clips} clips: {counts.kept} kept, {counts.dropped} dropped, "
        f"{counts.unscored} could not be scored, {counts.failed} failed, in {clock(ended.seconds)}",
        err=as_json,
    )
    if as_json:
        run = {"seconds": round(ended.seconds, 3), "run": ended.run_id, "state": ended.state}
        typer.echo(json.dumps({**asdict(counts), **run}))

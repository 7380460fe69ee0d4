"""`app.py demo`: the whole job on sample videos, then the studio."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.common import Data, opened, settings_for
from cli.crew import default_workers
from cli.run import queue_and_wait
from cli.serve import serve
from db import runs
from db.runs import Input
from pipelines import recipe
from settings import Settings
from studio.inputs import sample_videos


def register(app: typer.Typer) -> None:
    app.command(name="demo")(command)


def command(
    data: Data = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the studio is served.")] = 7860,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
) -> None:
    """Run the sample videos that ship inside the gradio package through `quickstart`, then open the studio."""
    settings, chosen, inputs = settings_for(data), recipe.load("quickstart"), [Input(str(sample_videos()))]
    with opened(settings, must_exist=False) as store:
        with store.read() as session:
            done = runs.already_done(session, chosen, inputs=inputs)
        if done:
            typer.echo(f"The sample videos are done already ({done.counts.kept} clips kept).")
        code = 0 if done else queue_and_wait(store, settings, chosen, inputs, workers=default_workers())
    if no_serve or code not in (0, 3):
        raise typer.Exit(code)
    serve(Settings(data=settings.data, port=port), workers=default_workers())

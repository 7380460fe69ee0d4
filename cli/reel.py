"""`app.py reel`: clips and what is said of them as one video."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from cli.common import Data, me, opened, settings_for
from cli.crew import Crew
from db import clips, errands
from db.errands import ErrandView
from db.filters import parse_where
from db.session import Store
from pipelines.errors import ClapperError, Usage

LOOK_S = 0.2


def register(app: typer.Typer) -> None:
    app.command(name="reel")(command)


def command(
    dest: Annotated[Path, typer.Argument(help="The .mp4 to write; a former one there is replaced.")],
    where: Annotated[
        list[str] | None, typer.Option(help="Which clips, as for clips: review=accepted, … Repeatable.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Captions of all models side by side.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most clips, the oldest first.")] = 100,
    data: Data = None,
) -> None:
    """Render clips into one video with captions, scores and verdicts burnt in, to show to people without an account."""
    place = dest.expanduser().absolute()
    if place.suffix.lower() != ".mp4":
        raise Usage(f"{dest} is no name for a reel; end it in .mp4")
    settings, wanted = settings_for(data), list(where or ())
    with opened(settings) as store:
        with store.write() as session:
            chosen = parse_where(wanted, scores=clips.score_names(session), facts=clips.fact_names(session))
            if not clips.count(session, chosen):
                raise Usage("no clip fits; change --where")
            wish = {"dest": str(place), "where": wanted, "compare": compare, "limit": limit}
            errand_id = errands.create(session, "reel", wish, label=f"reel {place.name}", by=me())
        with Crew(settings, count=1) as crew:
            ended = _wait_for(store, errand_id, crew)
    if ended.state != "done":
        raise ClapperError(f"the reel {ended.state}: {ended.error or 'no reason was given'}")
    for words in ended.answer["left_out"]:
        typer.echo(f"left out: {words}", err=True)
    if ended.answer["note"]:
        typer.echo(ended.answer["note"], err=True)
    typer.echo(f"{ended.answer['clips']} clips, {ended.answer['seconds']:.0f} s in {dest}")


def _wait_for(store: Store, errand_id: int, crew: Crew) -> ErrandView:
    columns = (TextColumn("reel"), BarColumn(bar_width=30), TextColumn("{task.completed}/{task.total} clips"))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reel", total=1)
        while True:
            crew.check()
            with store.read() as session:
                now = errands.view(session, errand_id)
            bar.update(task, completed=now.done, total=now.total or 1)
            if now.has_ended:
                return now
            time.sleep(LOOK_S)

"""`app.py models`: which models there are, who would answer for each, and fetching one."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from pipelines import fetching, offers
from pipelines.catalogue import find
from pipelines.offers import Offer

models = typer.Typer(help="Which models there are, and fetching one.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    app.add_typer(models, name="models")


@models.callback()
def list_(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="All that is known, one JSON object a line.")] = False,
) -> None:
    """Print the catalogue, one line a model: licence, memory, tokens a frame or price, and who answers for it."""
    if context.invoked_subcommand is None:
        for one in offers.offers():
            typer.echo(json.dumps(as_dict(one), ensure_ascii=False) if as_json else line(one))


@models.command()
def fetch(name: Annotated[str, typer.Argument(help="As `models` prints it, or ORG/NAME on the hub.")]) -> None:
    """Bring the weights of a model into the models folder; stopped with Ctrl-C, it goes on where it was."""
    columns = (TextColumn(name), BarColumn(bar_width=30), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("fetch", total=None)
        place = fetching.fetch(find(name), told=lambda here, total: bar.update(task, completed=here, total=total))
    typer.echo(f"{name} is in {place}")


def as_dict(one: Offer) -> dict[str, object]:
    """The offer as scripts see it."""
    known = one.model.model_dump(exclude={"bits"})
    ways = [asdict(way) for way in one.ways]
    told = {"here": one.here, "advice": one.advice, "frame_tokens": one.frame_tokens, "ways": ways, "answers": one.answers}
    return {**known, **told}


def line(one: Offer) -> str:
    """One model in a line of columns."""
    model = one.model
    memory = f"{model.memory_gib:g} GiB" if model.memory_gib else "-"
    price = f"${model.price[0]:g}/{model.price[1]:g} a million" if model.hosted else ""
    tokens = f"{one.frame_tokens} a frame" if one.frame_tokens else "-"
    return f"{model.name:20}  {model.licence:26}  {memory:>8}  {price or tokens:20}  {one.standing}"

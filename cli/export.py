"""`app.py export`: write a training set."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.common import Data, me, opened, settings_for
from cli.crew import Crew
from db import export_diff, exports, outlook
from db.exports import ExportView, Request
from db.session import Store
from pipelines.errors import ClapperError, Usage
from pipelines.kinds import EXPORTERS, Cutting
from pipelines.options import filled, sorted_out
from pipelines.selection import SELECTORS, WHICH, Selection
from settings import Settings
from work.exports import children

LOOK_S = 0.2


def register(app: typer.Typer) -> None:
    app.command(name="export")(command)


def command(
    dest: Annotated[Path, typer.Argument(help="Folder to write; a former export there is replaced.")],
    format_: Annotated[str, typer.Option("--format", help="Layout of the training set, for example easyanimate.")],
    which: Annotated[str, typer.Option(help=f"Which clips: {', '.join(WHICH)}.")] = "accepted",
    where: Annotated[
        list[str] | None, typer.Option(metavar="CONDITION", help="Only clips like 'motion>0.02'; repeatable, all must hold.")
    ] = None,
    caption: Annotated[
        str, typer.Option(help=f"Which caption: {', '.join(SELECTORS)}, or a mix: 'longest*3, shortest*1'.")
    ] = "in_force",
    each: Annotated[int, typer.Option(help="Captions a clip, drawn by weight from the mix.")] = 1,
    split: Annotated[
        float, typer.Option(help="Share of the source videos to hold out for validation, for example 0.1.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another seed draws another split and another mix.")] = 0,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="Change an option of the format or of the clips, as crf=20; repeatable."
        ),
    ] = None,
    against: Annotated[
        int | None, typer.Option(help="Number of an earlier export: take its clips over, and say what changed.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would leave, how large and how long; write nothing.")
    ] = False,
    data: Data = None,
) -> None:
    """Cut the clips exactly and write them with their captions. Complete or not there; the same again changes no byte."""
    chosen: dict[str, Any] = {
        "which": which,
        "where": tuple(where or ()),
        "caption": caption,
        "each": each,
        "validation": split,
    }
    chosen["seed"] = seed
    request = requested(format_, str(dest), set_ or [], selection=chosen, against=against)
    settings = settings_for(data)
    with opened(settings) as store:
        if dry_run:
            _look_ahead(store, request)
        else:
            _tell(store, _written(store, settings, request), dest)


def _written(store: Store, settings: Settings, request: Request) -> ExportView:
    with store.write() as session:
        row = exports.create(session, request, by=me())
        if not row.total and request.selection.which != "everything":
            which = request.selection.which
            raise Usage(f"no clip with a caption is {which}; review some first, or export --which kept")
        export_id = row.id
    with Crew(settings, count=1) as crew:
        return _wait_for(store, export_id, crew)


def requested(name: str, dest: str, sets: Sequence[str], *, selection: dict[str, Any], against: int | None) -> Request:
    """The request these options make. Raises `Usage` naming the one that does not fit."""
    exporter = EXPORTERS[name]
    options = sorted_out(sets, {name: exporter, "clips": Cutting})
    return Request(
        filled(exporter, options[name], name=name, typed=True),
        dest,
        filled(Selection, selection, name="selection"),
        filled(Cutting, options["clips"], name="clips", typed=True),
        against,
    )


def _look_ahead(store: Store, request: Request) -> None:
    with store.read() as session:
        found = outlook.look_ahead(session, request, children=children())
        first = exports.preview(session, request.selection)
    known = found.estimate
    parts = " · ".join(f"{part} {count:,}" for part, count in found.counts.items() if part)
    total = sum(found.counts.values())
    typer.echo(f"{counted(total, 'pair')} from {counted(known.videos, 'video')}" + (f": {parts}" if parts else ""))
    typer.echo(
        f"about {in_bytes(known.size_bytes)} and {in_time(known.seconds)}, {children()} at once; {_room(request.dest)} free"
    )
    for reason, count in found.refused.items():
        typer.echo(f"{count:,} left out: {reason}", err=True)
    typer.echo(request.exporter.preview(first), nl=False)


def counted(number: int, word: str) -> str:
    """ "1 pair", "1,204 pairs" """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def in_bytes(count: float) -> str:
    """ "3.2 GB" """
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def in_time(seconds: float) -> str:
    """ "3 h 20 min" """
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{max(1, round(seconds))} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _room(dest: str) -> str:
    place = Path(dest).expanduser().absolute()
    return in_bytes(shutil.disk_usage(next(folder for folder in (place, *place.parents) if folder.exists())).free)


def _tell(store: Store, ended: ExportView, dest: Path) -> None:
    if ended.state != "done":
        raise ClapperError(f"the export {ended.state}: {ended.error or 'no reason was given'}")
    counts = {part: count for part, count in ended.summary.get("counts", {}).items() if part}
    parts = f" ({', '.join(f'{part} {count:,}' for part, count in counts.items())})" if counts else ""
    typer.echo(f"{ended.written} pairs in {dest}{parts}, export {ended.id}")
    if ended.error:
        typer.echo(ended.error, err=True)
    if ended.against is not None:
        with store.read() as session:
            found = export_diff.compare(session, ended.against, ended.id)
        typer.echo(
            f"against export {found.earlier}: {found.added} added, {found.removed} removed, {found.changed} changed,"
            f" {found.same} the same"
        )


def _wait_for(store: Store, export_id: int, crew: Crew) -> ExportView:
    while True:
        crew.check()
        with store.read() as session:
            now = exports.view(session, export_id)
        if now.state in ("done", "failed", "cancelled"):
            return now
        time.sleep(LOOK_S)

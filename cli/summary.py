"""`app.py summary`: sum up any stretch of a long video from the timed captions that are kept; no frame is read again."""

from __future__ import annotations

from typing import Annotated, cast

import typer
from sqlalchemy import select

from cli.common import Data, opened, settings_for
from db import results
from db.models import VideoPath
from db.session import Store
from pipelines import methods
from pipelines.errors import Usage
from pipelines.records import Part
from pipelines.rewriters.summary import Summary, within


def register(app: typer.Typer) -> None:
    app.command(name="summary")(command)


def command(
    video: Annotated[str, typer.Argument(help="The video's number, or a part of its path that only one has.")],
    from_s: Annotated[float, typer.Option("--from", min=0, help="Where the stretch begins, in seconds.")] = 0.0,
    until_s: Annotated[float, typer.Option("--until", min=0, help="Where it ends, in seconds.")] = 86400.0,
    set_: Annotated[list[str] | None, typer.Option("--set", help="summary.field=value. Repeatable.")] = None,
    data: Data = None,
) -> None:
    """Print one caption of a stretch of a video, from what `sliding` or `frame_summary` wrote about its clips."""
    stage = cast(Summary, methods.stage_of(methods.recipe_of("summary", set_ or ())))
    with opened(settings_for(data)) as store:
        parts = within(_parts(store, video), from_s, until_s)
    try:
        stage.setup()
        caption = stage.of(parts, {"duration": f"{min(until_s, parts[-1].end_s if parts else 0) - from_s:.1f}"})
    finally:
        stage.close()
    typer.echo(caption.text or f"({caption.reason})")


def _parts(store: Store, video: str) -> list[Part]:
    with store.read() as session:
        names = session.execute(select(VideoPath.video_id, VideoPath.given)).tuples().all()
        found = {int(video)} if video.isdecimal() else {video_id for video_id, given in names if video in given}
        if len(found & {video_id for video_id, _ in names}) != 1:
            raise Usage(f"{video!r} names {len(found)} videos; give the number or a longer part of the path")
        return results.parts_of_video(session, found.pop())
